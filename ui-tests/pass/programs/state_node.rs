//! `LLMNode` as a node of a pipeline: a state that goes from node to node.

#![deny(warnings)]

use dashoptimize::lm::Scripted;
use dashoptimize::prelude::*;
use dashoptimize::signature::{Field, SignatureSpec, Ty};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct QaState {
    question: String,
    context: Vec<String>,
    answer: String,
    sure: f64,
}

module!(
    /// Answers.
    #[with(signature = "context: list[str], question -> answer, sure: float", instructions = "Answer concisely.")]
    #[with(temperature = 0.0)]
    pub(crate) type Answer = LLMNode<QaState>;
);

fn shorten() -> SignatureSpec {
    SignatureSpec::new("Shorten", "Shorten the answer.", [Field::input("question", Ty::Str), Field::output("answer", Ty::Str)])
}

pipeline!(
    fn Rag(question: String) -> String {
        let state = QaState::default();
        let context = vec![question.clone()];
        let state = Answer { question, context, ..state };
        #[with(signature = shorten(), max_tokens = 20)]
        let shorter = LLMNode::<QaState> { ..state };
        format!("{} ({})", shorter.answer, state.sure)
    }

    fn Direct(question: String) -> QaState {
        #[with(signature = "question -> answer")]
        let state = LLMNode::<QaState> { question, ..Default::default() };
        state
    }
);

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let lm = Scripted::new(|request| {
        let text: String = request.messages().map(|m| m.text().to_string()).collect();
        match text.contains("Shorten") {
            true => "[[ ## answer ## ]]\nno",
            false => "[[ ## answer ## ]]\nno, never\n[[ ## sure ## ]]\n0.5",
        }
    });
    let rag = Rag::new(lm.clone());
    assert_eq!(rag.call(RagInput { question: "q".into() }).await?, "no (0.5)");
    let paths: Vec<_> = rag.predictors().iter().map(|p| p.path().to_owned()).collect();
    assert_eq!(paths, ["state", "shorter"]);
    assert_eq!(Direct::new(lm).call(DirectInput { question: "q".into() }).await?.answer, "no, never");
    let drawn = Rag::GRAPH.to_mermaid();
    assert!(drawn.contains("LLMNode&lt;QaState&gt;"), "{drawn}");
    Ok(())
}
