//! Names that only the compiler can look up.

include!("../fixtures/write.rs");

pipeline!(
    fn Called(question: String) -> String {
        let query = Writer { question };
        query.text
    }
);

pipeline!(
    fn InCode(question: String) -> String {
        let query = Predict::<Write> { question };
        format!("{} {}", qery.text, query.text)
    }
);

fn main() {
    call!(Called(CalledInput), InCode(InCodeInput));
}
