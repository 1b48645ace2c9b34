use dashoptimize::signature;

fn is_short(answer: &str) -> bool {
    answer.len() < 20
}

#[signature]
struct Qa {
    #[input]
    question: String,
    #[output(check(is_short), assert(is_short, len(1..)))]
    answer: String,
}

fn main() {
    let input = QaInput { question: String::new() };
    let _ = input.question.len();
    let read = |output: QaOutput| output.answer.len();
    let _ = read;
}
