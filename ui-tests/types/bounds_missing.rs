//! What else the type of a field must implement.

use dashoptimize::{FieldType, signature};

#[derive(FieldType)]
enum Answer {
    Yes,
    No,
}

struct Row(usize);

#[signature]
struct Qa {
    #[input]
    question: String,
    #[output]
    answer: Answer,
    #[skip]
    row: Row,
}

fn main() {
    let _ = |output: QaOutput| matches!(output.answer, Answer::Yes);
    let _ = |row: Qa| row.row.0;
    let _ = Answer::No;
}
