//! Options of the attribute itself.

use dashoptimize::signature;

#[signature(instruction = "Answer the question.")]
struct Unknown {
    #[input]
    question: String,
    #[output]
    answer: String,
}

#[signature("Answer the question.")]
struct WithoutName {
    #[input]
    question: String,
    #[output]
    answer: String,
}

fn main() {
    let _ = |question, output: UnknownOutput| (UnknownInput { question }, output.answer.len());
    let _ = |question, output: WithoutNameOutput| (WithoutNameInput { question }, output.answer.len());
}
