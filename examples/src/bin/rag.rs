//! Retrieval-augmented generation without a server: BM25 over texts in this process, then an answer from
//! the passages that it finds.
//!
//! ```sh
//! cargo run --release -p examples --bin rag
//! cargo run --release -p examples --bin rag -- --graph   # its graph, for Mermaid
//! ```

use std::error::Error;

use dashoptimize::call::{TraceEvent, Traced};
use dashoptimize::lm::local::{LocalModel, Weights};
use dashoptimize::prelude::*;
use dashoptimize::retrieve::Index;
use examples::say;

/// Answer the question with one word from the passages.
#[signature]
struct Respond {
    /// what was found
    #[input]
    passages: Vec<String>,
    /// what is asked
    #[input]
    question: String,
    /// one word
    #[output]
    answer: String,
}

module!(
    /// Looks things up.
    #[with(index = library(), k = 2)]
    type Library = Retrieve;
);

/// The output of the pipeline.
#[derive(Clone, Debug)]
struct Answer {
    text: String,
    sources: Vec<String>,
}

pipeline!(
    /// Answers a question from a small library.
    fn Rag(question: String) -> Answer {
        let found = Library { query: question };
        let passages = texts(found);
        #[with(temperature = 0.0, max_tokens = 16, demos = answered())]
        let reply = Predict::<Respond> { passages, question };
        Answer {
            text: reply.answer,
            sources: passages,
        }
    }
);

fn texts(found: Vec<dashoptimize::retrieve::Passage>) -> Vec<String> {
    found.into_iter().map(|passage| passage.text).collect()
}

fn library() -> Index {
    Index::bm25([
        "The heart pumps blood through the body.",
        "The lungs take oxygen out of the air.",
        "The kidneys filter blood and make urine.",
        "The liver makes bile, which helps to digest fat.",
        "The stomach breaks food down with acid.",
        "The skin keeps germs out and water in.",
        "The brain sends signals through nerves.",
    ])
    .expect("there are texts")
}

fn answered() -> Vec<Respond> {
    let row = |passages: [&str; 2], question: &str, answer: &str| Respond {
        passages: passages.map(str::to_owned).into(),
        question: question.to_owned(),
        answer: answer.to_owned(),
    };
    vec![
        row(
            [
                "The eyes turn light into signals.",
                "The ears turn sound into signals.",
            ],
            "What turns sound into signals?",
            "ears",
        ),
        row(
            ["Muscles move the bones.", "Bones hold the body up."],
            "What moves the bones?",
            "muscles",
        ),
        row(
            [
                "The tongue tells tastes apart.",
                "The nose tells smells apart.",
            ],
            "What tells smells apart?",
            "nose",
        ),
    ]
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    // The embedded model, or the model of a server that the first argument names: it needs `OPENAI_API_KEY`
    // and, if the server is not OpenAI's, `OPENAI_BASE_URL`.
    let lm: Lm = match std::env::args().nth(1) {
        Some(option) if option == "--graph" => {
            say!("{}", Rag::GRAPH.to_mermaid());
            return Ok(());
        }
        None => LocalModel::open(Weights::default())?.into(),
        Some(name) => OpenAi::from_env(&name)?.into(),
    };
    let rag = Rag::new(lm);
    for (question, expected) in [
        ("What pumps blood?", "heart"),
        ("What makes bile?", "liver"),
        ("What filters blood?", "kidneys"),
    ] {
        say!("{question}");
        let input = RagInput {
            question: question.to_owned(),
        };
        let answer = rag
            .call_watched(input, |traced: &Traced| {
                if let TraceEvent::RetrievalEnded {
                    module,
                    passages: Ok(passages),
                    ..
                } = &traced.event
                {
                    say!("  {module}: {}", serde_json::json!(passages));
                }
            })
            .await?;
        let source = &answer.sources[0];
        say!("  → {} ({expected} expected), from “{source}”", answer.text);
    }
    Ok(())
}
