use dashoptimize::signature;

fn is_short(answer: &str) -> usize {
    answer.len()
}

#[signature]
struct Qa {
    #[input]
    question: String,
    #[output(check(is_short, "must be short"))]
    answer: String,
}

fn main() {
    let input = QaInput { question: String::new() };
    let _ = input.question.len();
    let read = |output: QaOutput| output.answer.len();
    let _ = read;
}
