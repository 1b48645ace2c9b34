use dashoptimize::signature;

#[signature]
struct Qa {
    #[input]
    #[output]
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
