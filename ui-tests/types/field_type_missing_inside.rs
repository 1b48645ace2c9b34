use dashoptimize::signature;
use dashoptimize::signature::Signature;

#[derive(Clone, Debug)]
struct Secret;

#[signature]
struct Qa {
    #[input]
    question: String,
    #[output]
    answers: Vec<Option<Secret>>,
}

fn main() {
    let input = QaInput { question: String::new() };
    let read = |output: QaOutput| output.clone().answers.len();
    let _ = (input, read, Qa::SPEC);
}
