use dashoptimize::signature;

#[signature(instruction = "Answer the question.")]
struct Qa {
    #[input]
    question: String,
    #[output]
    answer: String,
}

fn main() {
    let input = QaInput { question: String::new() };
    let _ = input.question.len();
    let read = |output: QaOutput| output.answer.len();
    let _ = read;
}
