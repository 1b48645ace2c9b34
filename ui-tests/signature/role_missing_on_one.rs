use dashoptimize::signature;

#[signature]
struct Qa {
    #[input]
    question: String,
    context: Vec<String>,
    #[output]
    answer: String,
}

fn main() {
    let input = QaInput { question: String::new(), context: vec![] };
    let _ = input.context.len();
}
