//! A node over a state needs its signature, and a state that serde can read and write.

include!("../fixtures/write.rs");

#[derive(Clone, Default, serde::Serialize, serde::Deserialize)]
struct State {
    question: String,
    text: String,
}

#[derive(Clone, Default)]
struct Plain {
    question: String,
}

pipeline!(
    fn WithoutSignature(question: String) -> String {
        let state = LLMNode::<State> { question, ..Default::default() };
        state.text
    }
);

pipeline!(
    fn InBranch(question: String) -> String {
        let text = match question.len() {
            0 => String::new(),
            _ => LLMNode::<State> { question, ..Default::default() }.text,
        };
        text
    }
);

pipeline!(
    fn NotASignature(question: String) -> String {
        #[with(signature = "question, text")]
        let state = LLMNode::<State> { question, ..Default::default() };
        state.text
    }
);

pipeline!(
    fn NumberForSignature(question: String) -> String {
        #[with(signature = 5)]
        let state = LLMNode::<State> { question, ..Default::default() };
        state.text
    }
);

pipeline!(
    fn NotAState(question: String) -> String {
        #[with(signature = "question -> text")]
        let state = LLMNode::<Plain> { question };
        state.question
    }
);

pipeline!(
    fn UnknownField(question: String) -> String {
        #[with(signature = "question -> text")]
        let state = LLMNode::<State> { questoin: question, ..Default::default() };
        state.text
    }
);

pipeline!(
    fn NoState(question: String) -> String {
        #[with(signature = "question -> text")]
        let state = LLMNode { question };
        state.text
    }
);

pipeline!(
    fn NothingAfterDots(question: String) -> String {
        #[with(signature = "question -> text")]
        let state = LLMNode::<State> { question, .. };
        state.text
    }
);

pipeline!(
    fn OtherBase(question: String) -> String {
        let query = Predict::<Write> { question };
        #[with(signature = "question -> text")]
        let state = LLMNode::<State> { ..query };
        state.text
    }
);

fn main() {
    call!(WithoutSignature(WithoutSignatureInput), InBranch(InBranchInput));
    call!(NotASignature(NotASignatureInput), NumberForSignature(NumberForSignatureInput));
    call!(NotAState(NotAStateInput), UnknownField(UnknownFieldInput), NoState(NoStateInput));
    call!(NothingAfterDots(NothingAfterDotsInput), OtherBase(OtherBaseInput));
}
