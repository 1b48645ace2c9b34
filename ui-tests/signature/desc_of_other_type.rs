use dashoptimize::signature;

const SHORT: usize = 3;

#[signature]
struct Qa {
    #[input]
    question: String,
    #[output(desc = SHORT)]
    answer: String,
}

fn main() {
    let input = QaInput { question: String::new() };
    let _ = input.question.len();
    let read = |output: QaOutput| output.answer.len();
    let _ = read;
}
