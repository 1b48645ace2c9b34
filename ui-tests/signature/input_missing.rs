use dashoptimize::signature;

#[signature]
struct Qa {
    #[output]
    answer: String,
}

fn main() {
    let read = |output: QaOutput| output.answer.len();
    let _ = read;
}
