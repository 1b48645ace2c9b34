//! Each field is an input, an output or skipped; inputs come first, and there is one of each at least.

use dashoptimize::signature;

/// Answer the question.
#[signature]
struct Missing {
    question: String,
    answer: String,
}

#[signature]
struct MissingOnOne {
    #[input]
    question: String,
    context: Vec<String>,
    #[output]
    answer: String,
}

#[signature]
struct Misspelled {
    #[inptu]
    question: String,
    #[ouput(desc = "short")]
    answer: String,
}

#[signature]
struct Twice {
    #[input]
    #[output]
    question: String,
    #[output]
    answer: String,
}

#[signature]
struct WithValue {
    #[input = "what is asked"]
    question: String,
    #[output]
    answer: String,
}

#[signature]
struct InputAfterOutput {
    #[output]
    answer: String,
    #[input]
    question: String,
}

#[signature]
struct InputMissing {
    #[output]
    answer: String,
}

#[signature]
struct OutputMissing {
    #[input]
    question: String,
}

#[signature]
struct Reference {
    #[input]
    question: &'static str,
    #[output]
    answer: String,
}

fn main() {
    let _ = |question, output: MissingOutput| (MissingInput { question }, output.answer.len());
    let _ = |question, context| MissingOnOneInput { question, context }.context.len();
    let _ = |question, output: MisspelledOutput| (MisspelledInput { question }, output.answer.len());
    let _ = |question, output: TwiceOutput| (TwiceInput { question }, output.answer.len());
    let _ = |question, output: WithValueOutput| (WithValueInput { question }, output.answer.len());
    let _ = |question, output: InputAfterOutputOutput| {
        (InputAfterOutputInput { question }, output.answer.len())
    };
    let _ = |output: InputMissingOutput| output.answer.len();
    let _ = |question| OutputMissingInput { question };
    let _ = ReferenceInput { question: "" }.question.len();
}
