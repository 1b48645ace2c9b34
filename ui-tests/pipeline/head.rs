//! What stands before the braces: a name, typed inputs, an output, and no more.

include!("../fixtures/write.rs");

dashoptimize::pipeline!();

pipeline!(
    async fn Async(question: String) -> String {
        question
    }
);

pipeline!(
    fn Generic<T>(question: String) -> String {
        question
    }
);

pipeline!(
    fn InputTwice(question: String, question: String) -> String {
        question
    }
);

pipeline!(
    fn InputWithoutType(question) -> String {
        question
    }
);

pipeline!(
    fn (question: String) -> String {
        question
    }
);

pipeline!(
    fn Rag(question: String) {
        let query = Predict::<Write> { question };
        query.text
    }
);

pipeline!(
    #[with(row = Write)]
    fn OptionUnknown(question: String) -> String {
        let query = Predict::<Write> { question };
        query.text
    }
);

fn main() {
    call!(Async(AsyncInput), Generic(GenericInput), InputTwice(InputTwiceInput));
    call!(InputWithoutType(InputWithoutTypeInput), Rag(RagInput), OptionUnknown(OptionUnknownInput));
}
