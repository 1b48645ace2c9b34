use dashoptimize::signature;

/// Answer the question.
#[signature]
struct Qa {
    question: String,
    answer: String,
}

fn main() {
    let input = QaInput { question: String::new() };
    let _ = input.question.len();
    let read = |output: QaOutput| output.answer.len();
    let _ = read;
}
