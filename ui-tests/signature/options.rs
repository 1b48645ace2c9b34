//! Options of fields. Each field is named by the mistake in its attribute.

use dashoptimize::signature;

#[signature]
struct Describe {
    #[input(desc)]
    desc_alone: String,
    #[output(desc =)]
    value_missing: String,
    #[output(desc = 3)]
    value_not_a_text: String,
    #[output(desc = "short", desc = "long")]
    twice: String,
    #[output(desc = "short" prefix = "A:")]
    not_separated: String,
    #[output(chek(len(1..=200)), temperature = 0.0)]
    unknown: String,
    #[skip(desc = "row number")]
    on_skip: usize,
}

#[signature]
struct Rename {
    #[input(rename = "")]
    empty: String,
    #[output(rename = "the answer")]
    with_space: String,
}

#[signature]
struct RenameTaken {
    #[input]
    question: String,
    #[output(rename = "question")]
    answer: String,
}

fn main() {
    let _ = DescribeInput { desc_alone: String::new() };
    let _ = |output: DescribeOutput| (output.value_missing.len(), output.value_not_a_text.len());
    let _ = |output: DescribeOutput| (output.twice.len(), output.not_separated.len());
    let _ = |output: DescribeOutput| output.unknown.len();
    let _ = |row: Describe| row.on_skip + 1;
    let _ = RenameInput { empty: String::new() };
    let _ = |output: RenameOutput| output.with_space.len();
    let _ = |question, output: RenameTakenOutput| (RenameTakenInput { question }, output.answer.len());
}
