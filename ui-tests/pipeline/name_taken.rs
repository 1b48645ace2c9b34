//! The types that a pipeline makes have names; what has one of them is reported under the name of the pipeline.

use dashoptimize::prelude::*;

#[signature]
struct Ask {
    #[input]
    question: String,
    #[output]
    answer: String,
}

struct AnswerItInput {
    text: String,
}

pipeline!(
    fn AnswerIt(question: String) -> String {
        Predict::<Ask> { question }.answer
    }
);

fn main() {
    let _ = AnswerItInput { text: String::new() }.text;
}
