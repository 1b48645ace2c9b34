//! A step needs only what is above it.

include!("../fixtures/write.rs");

pipeline!(
    fn UsedTooEarly(question: String) -> String {
        let query = Predict::<Write> { question: critique.text };
        let critique = Predict::<Write> { question };
        query.text
    }
);

pipeline!(
    fn UsedTooEarlyInCode(question: String) -> String {
        let length = critique.text.len();
        let critique = Predict::<Write> { question };
        format!("{length} {}", critique.text)
    }
);

pipeline!(
    fn Cycle(question: String) -> String {
        let draft = Predict::<Write> { question: critique.text };
        let critique = Predict::<Write> { question: draft.text };
        format!("{question} {}", draft.text)
    }
);

pipeline!(
    fn CycleOfOne(question: String) -> String {
        let draft = Predict::<Write> { question: draft.text };
        format!("{question} {}", draft.text)
    }
);

fn main() {
    call!(UsedTooEarly(UsedTooEarlyInput), UsedTooEarlyInCode(UsedTooEarlyInCodeInput));
    call!(Cycle(CycleInput), CycleOfOne(CycleOfOneInput));
}
