//! Names of inputs and steps are known, each is given once, and none begins with `__`.

include!("../fixtures/write.rs");

pipeline!(
    fn Reserved(question: String) -> String {
        let __query = Predict::<Write> { question };
        __query.text
    }
);

pipeline!(
    fn Unknown(question: String) -> String {
        let query = Predict::<Write> { question: qestion };
        format!("{question} {}", query.text)
    }
);

pipeline!(
    fn UnknownShorthand(question: String) -> String {
        let query = Predict::<Write> { context };
        format!("{question} {}", query.text)
    }
);

pipeline!(
    fn OfAnInput(question: String) -> String {
        let question = Predict::<Write> { question };
        question.text
    }
);

pipeline!(
    fn Twice(question: String) -> String {
        let query = Predict::<Write> { question };
        let query = Predict::<Write> { question: query.text };
        query.text
    }
);

pipeline!(
    fn PathTwice(question: String) -> String {
        let query = Predict::<Write> { question };
        let answer = match query.kind {
            Kind::Simple => query.text,
            Kind::Hard => Predict::<Write> { question }.text,
        };
        let answer_hard = Predict::<Write> { question: answer };
        answer_hard.text
    }
);

fn main() {
    call!(Reserved(ReservedInput), Unknown(UnknownInput), UnknownShorthand(UnknownShorthandInput));
    call!(OfAnInput(OfAnInputInput), Twice(TwiceInput), PathTwice(PathTwiceInput));
}
