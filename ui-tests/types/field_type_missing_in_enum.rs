//! A field that does not derive `FieldType`, in the variants of an enum.

use dashoptimize::{FieldType, signature};

#[derive(Clone, Debug)]
struct Secret;

#[derive(Clone, Debug, FieldType)]
enum Answer {
    Plain(String),
    Hidden(Secret),
    Partly { shown: String, hidden: Secret },
}

#[signature]
struct Qa {
    #[input]
    question: String,
    #[output]
    answer: Answer,
}

fn main() {
    let read = |output: QaOutput| matches!(output.answer, Answer::Plain(_));
    let _ = (read, Answer::Hidden(Secret));
}
