//! Inputs and steps that nothing uses.

#![deny(unused_variables)]

include!("../fixtures/write.rs");

pipeline!(
    fn Input(question: String) -> String {
        "answer".to_owned()
    }
);

pipeline!(
    fn Step(question: String) -> String {
        let query = Predict::<Write> { question };
        let summary = Predict::<Write> { question };
        query.text
    }
);

fn main() {
    call!(Input(InputInput), Step(StepInput));
}
