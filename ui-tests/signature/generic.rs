use dashoptimize::signature;

#[signature]
struct Qa<T> {
    #[input]
    question: T,
    #[output]
    answer: String,
}

fn main() {
    let row = Qa { question: 1, answer: String::new() };
    let _ = row.answer.len();
    takes_signature(row);
}

fn takes_signature<S: dashoptimize::signature::Signature>(_: S) {}
