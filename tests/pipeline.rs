//! `pipeline!`: every form runs as it reads.

use dashoptimize::prelude::*;

use crate::support::pipelines::*;

#[tokio::test]
async fn the_whole_grammar_runs() {
    let rag = Rag::new(model());
    let input = RagInput {
        question: "why is the sky blue?".to_owned(),
        top_k: 2,
    };
    let answer = rag.call(input).await.expect("every reply fits");
    println!("{answer:?}");
    println!("{}", Rag::GRAPH.to_mermaid());
}
