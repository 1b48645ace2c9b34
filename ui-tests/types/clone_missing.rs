use dashoptimize::{FieldType, signature};

#[derive(FieldType)]
enum Answer {
    Yes,
    No,
}

#[signature]
struct Qa {
    #[input]
    question: String,
    #[output]
    answer: Answer,
}

fn main() {
    let read = |output: QaOutput| matches!(output.answer, Answer::Yes);
    let _ = (read, Answer::No);
}
