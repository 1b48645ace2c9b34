//! The module of a step.

include!("../fixtures/write.rs");

pipeline!(
    fn Misspelled(question: String) -> String {
        let query = ChainOfThougt::<Write> { question };
        query.text
    }
);

pipeline!(
    fn WithoutSignature(question: String) -> String {
        let query = Predict { question };
        query.text
    }
);

#[signature]
struct Explained {
    #[input]
    question: String,
    #[output]
    reasoning: String,
}

pipeline!(
    fn ReasoningTwice(question: String) -> String {
        let query = ChainOfThought::<Explained> { question };
        query.reasoning
    }
);

fn main() {
    call!(Misspelled(MisspelledInput), WithoutSignature(WithoutSignatureInput));
    call!(ReasoningTwice(ReasoningTwiceInput));
}
