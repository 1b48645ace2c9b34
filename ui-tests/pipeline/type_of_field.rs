//! Fields and types of inputs and outputs are checked where they stand.

include!("../fixtures/write.rs");

pipeline!(
    fn Missing(question: String) -> usize {
        let query = Predict::<Write> {};
        query.text.len() + question.len()
    }
);

pipeline!(
    fn OtherType(question: String) -> String {
        let length = question.len();
        let query = Predict::<Write> { question: length };
        query.text
    }
);

pipeline!(
    fn OtherTypeOfOutput(question: String) -> String {
        let first = Predict::<Write> { question };
        let second = Predict::<Write> { question: first.kind };
        second.text
    }
);

pipeline!(
    fn UnknownOfOutput(question: String) -> String {
        let query = Predict::<Write> { question };
        query.txt
    }
);

pipeline!(
    fn Unknown(question: String) -> String {
        let query = Predict::<Write> { questoin: question };
        query.text
    }
);

pipeline!(
    fn Twice(question: String) -> String {
        let query = Predict::<Write> { question, question: question };
        query.text
    }
);

pipeline!(
    fn Inner(question: String) -> String {
        let query = Predict::<Write> { question };
        query.text
    }
);

pipeline!(
    fn UnknownOfPipeline(question: String) -> String {
        let answer = Inner { qestion: question };
        answer
    }
);

pipeline!(
    fn OtherOutput(question: String) -> String {
        let query = Predict::<Write> { question };
        query
    }
);

fn search(query: String, top_k: usize) -> String {
    query.repeat(top_k)
}

pipeline!(
    fn OtherArgument(question: String) -> String {
        let query = Predict::<Write> { question };
        let passages = search(query.kind, 3);
        passages
    }
);

fn main() {
    call!(Missing(MissingInput), OtherType(OtherTypeInput), OtherTypeOfOutput(OtherTypeOfOutputInput));
    call!(UnknownOfOutput(UnknownOfOutputInput), Unknown(UnknownInput), Twice(TwiceInput));
    call!(UnknownOfPipeline(UnknownOfPipelineInput), OtherOutput(OtherOutputInput));
    call!(OtherArgument(OtherArgumentInput));
}
