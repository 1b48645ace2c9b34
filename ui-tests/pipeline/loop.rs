//! A `while` has a bound and a condition, and changes a step that is `let mut`.

include!("../fixtures/write.rs");

pipeline!(
    fn WithoutBound(question: String) -> String {
        let mut text = question.clone();
        while text.len() < 10 {
            text = Predict::<Write> { question: text }.text;
        }
        text
    }
);

pipeline!(
    fn ChangesFixedStep(question: String) -> String {
        let query = Predict::<Write> { question };
        #[with(at_most = 3)]
        while query.text.len() < 10 {
            query = Predict::<Write> { question };
        }
        query.text
    }
);

pipeline!(
    fn ChangesNothing(question: String) -> String {
        let query = Predict::<Write> { question };
        #[with(at_most = 3)]
        while query.text.len() < 10 {
            let again = Predict::<Write> { question };
        }
        query.text
    }
);

pipeline!(
    fn ChangeOutside(question: String) -> String {
        let mut query = Predict::<Write> { question };
        query = Predict::<Write> { question: query.text };
        query.text
    }
);

pipeline!(
    fn NotACondition(question: String) -> String {
        let mut query = Predict::<Write> { question };
        #[with(at_most = 3)]
        while query.text {
            query = Predict::<Write> { question };
        }
        query.text
    }
);

fn main() {
    call!(WithoutBound(WithoutBoundInput), ChangesFixedStep(ChangesFixedStepInput));
    call!(ChangesNothing(ChangesNothingInput), ChangeOutside(ChangeOutsideInput));
    call!(NotACondition(NotAConditionInput));
}
