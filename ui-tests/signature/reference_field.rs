use dashoptimize::signature;

#[signature]
struct Qa {
    #[input]
    question: &'static str,
    #[output]
    answer: String,
}

fn main() {
    let input = QaInput { question: "" };
    let _ = input.question.len();
}
