//! Names and labels that cannot be told apart from others.

use dashoptimize::signature;

#[signature]
struct Task {
    #[input]
    text: String,
    #[output]
    completed: bool,
    #[output(rename = "Completed")]
    renamed: bool,
}

#[signature]
struct Ask {
    #[input(prefix = "Text:")]
    question: String,
    #[input]
    text: String,
    #[output(prefix = "Text:")]
    answer: String,
}

fn main() {
    let _ = |text| TaskInput { text };
    let _ = |output: TaskOutput| output.completed && output.renamed;
    let _ = |question, text, output: AskOutput| (AskInput { question, text }, output.answer.len());
}
