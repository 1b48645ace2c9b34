//! A module over a state needs its signature, and a state that serde can read and write.

use dashoptimize::prelude::*;

#[derive(Clone, serde::Serialize, serde::Deserialize)]
struct State {
    question: String,
    answer: String,
}

struct Plain {
    question: String,
}

module!(
    type WithoutSignature = LLMNode<State>;

    #[with(signature = "question")]
    type WithoutArrow = LLMNode<State>;

    #[with(signature = "question -> answer: flaot")]
    type UnknownType = LLMNode<State>;

    #[with(signature = "question -> question")]
    type Twice = LLMNode<State>;

    #[with(signature = 'q')]
    type OtherValue = LLMNode<State>;

    #[with(signature = "question -> answer", temperture = 0.0)]
    type UnknownOption = LLMNode<State>;

    #[with(signature = "question -> answer")]
    type NotAState = LLMNode<Plain>;

    #[with(signature = "question -> answer")]
    type NoState = LLMNode;

    #[with(signature = "question -> answer")]
    type OverModule = LLMNode<Predict<State>>;

    #[with(reward = |_, _| true)]
    type Within = BestOfN<LLMNode<State>>;
);

fn main() {
    let state = State { question: String::new(), answer: String::new() };
    let _ = async |lm: Lm| WithoutSignature::new(lm).call(state).await.map(|state| state.answer);
    let _ = async |lm: Lm, state: State| WithoutArrow::new(lm).call(state).await.map(|state| state.answer);
    let _ = async |lm: Lm, state: Plain| NotAState::new(lm).call(state).await.map(|state| state.question);
}
