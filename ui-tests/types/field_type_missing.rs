use dashoptimize::signature;
use dashoptimize::signature::Signature;

struct Secret;

#[signature]
struct Qa {
    #[input]
    question: String,
    #[output]
    answer: Secret,
}

fn main() {
    let input = QaInput { question: String::new() };
    let read = |output: QaOutput| output.clone().answer;
    let _ = (input, read, Qa::SPEC);
}
