use dashoptimize::signature;

#[signature]
struct Qa {
    #[input]
    question: String,
}

fn main() {
    let _ = QaInput { question: String::new() };
}
