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

pipeline!(
    fn Where(question: String) -> String
    where
        String: Clone,
    {
        question
    }
);

pipeline!(
    fn BorrowedInput(question: &str) -> String {
        Predict::<Write> { question: question.to_owned() }.text
    }
);

pipeline!(
    fn ImplOutput(question: String) -> impl std::fmt::Display {
        Predict::<Write> { question }.text
    }
);

pipeline!(
    fn BorrowedOutput(question: String) -> &str {
        "text"
    }
);

pipeline!(
    fn Twice(question: String) -> String {
        Predict::<Write> { question }.text
    }

    fn Twice(question: String) -> usize {
        question.len()
    }
);

pipeline!(
    fn CallsItself(question: String) -> String {
        let text = CallsItself { question };
        text
    }
);

pipeline!(
    fn Ping(question: String) -> String {
        Pong { question }
    }

    fn Pong(question: String) -> String {
        let text = Ping { question };
        text
    }
);

fn main() {
    call!(Async(AsyncInput), Generic(GenericInput), InputTwice(InputTwiceInput));
    call!(InputWithoutType(InputWithoutTypeInput), Rag(RagInput), OptionUnknown(OptionUnknownInput));
    call!(BorrowedInput(BorrowedInputInput), ImplOutput(ImplOutputInput), BorrowedOutput(BorrowedOutputInput));
    call!(Twice(TwiceInput), CallsItself(CallsItselfInput), Ping(PingInput), Pong(PongInput));
}
