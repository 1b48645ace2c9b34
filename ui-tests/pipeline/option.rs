//! Options of a step, of a `for`, and of code.

include!("../fixtures/write.rs");

pipeline!(
    fn ConcurrencyWithoutFor(question: String) -> String {
        #[with(concurrency = 3)]
        let query = Predict::<Write> { question };
        query.text
    }
);

pipeline!(
    fn UnknownOfFor(question: String) -> Vec<String> {
        #[with(parallel = 3)]
        let texts = for word in vec![question] {
            Predict::<Write> { question: word }.text
        };
        texts
    }
);

pipeline!(
    fn OnCode(question: String) -> String {
        #[with(temperature = 0.0)]
        let text = question.trim().to_owned();
        let query = Predict::<Write> { question: text };
        query.text
    }
);

pipeline!(
    fn OtherType(question: String) -> String {
        #[with(max_tokens = "many")]
        let query = Predict::<Write> { question };
        query.text
    }
);

pipeline!(
    fn Unknown(question: String) -> String {
        #[with(temperture = 0.0)]
        let query = Predict::<Write> { question };
        query.text
    }
);

#[signature]
struct Other {
    #[input]
    question: String,
    #[output]
    text: String,
}

fn rows() -> Vec<Other> {
    Vec::new()
}

pipeline!(
    fn OtherDemos(question: String) -> String {
        #[with(temperature = 0.0, demos = rows())]
        let query = Predict::<Write> { question };
        query.text
    }
);

fn main() {
    call!(ConcurrencyWithoutFor(ConcurrencyWithoutForInput), UnknownOfFor(UnknownOfForInput));
    call!(OnCode(OnCodeInput), OtherType(OtherTypeInput), Unknown(UnknownInput));
    call!(OtherDemos(OtherDemosInput));
}
