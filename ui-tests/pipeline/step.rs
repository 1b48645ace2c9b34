//! A step is `let name = …;`, and the last expression is the output.

include!("../fixtures/write.rs");

pipeline!(
    fn Attribute(question: String) -> String {
        #[cfg(test)]
        let query = Predict::<Write> { question };
        query.text
    }
);

pipeline!(
    fn WithoutSemicolon(question: String) -> String {
        let query = Predict::<Write> { question }
        let second = Predict::<Write> { question };
        second.text
    }
);

pipeline!(
    fn WithoutOutput(question: String) -> String {
        let query = Predict::<Write> { question };
    }
);

pipeline!(
    fn WithoutName(question: String) -> String {
        Predict::<Write> { question };
        question
    }
);

pipeline!(
    fn WithoutElse(question: String) -> String {
        let query = if question.is_empty() {
            Predict::<Write> { question }
        };
        query.text
    }
);

fn main() {
    call!(Attribute(AttributeInput), WithoutSemicolon(WithoutSemicolonInput));
    call!(WithoutOutput(WithoutOutputInput), WithoutName(WithoutNameInput), WithoutElse(WithoutElseInput));
}
