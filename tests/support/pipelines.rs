//! Pipelines of every form, and a model that answers all of them.

use dashoptimize::lm::{ChatRequest, Scripted};
use dashoptimize::prelude::*;

/// Write a search query.
#[signature]
pub(crate) struct WriteQuery {
    #[input]
    pub(crate) question: String,
    #[output]
    pub(crate) text: String,
    #[output]
    pub(crate) kind: Kind,
}

#[derive(Clone, Debug, PartialEq, FieldType)]
pub(crate) enum Kind {
    Simple,
    Hard,
}

/// Summarize.
#[signature]
pub(crate) struct Summarize {
    #[input]
    pub(crate) passage: String,
    #[input]
    pub(crate) question: String,
    #[output]
    pub(crate) summary: String,
}

/// Answer shortly.
#[signature]
pub(crate) struct ShortAnswer {
    #[input]
    pub(crate) notes: Vec<String>,
    #[input]
    pub(crate) question: String,
    #[output]
    pub(crate) answer: String,
}

module!(
    /// Thinks long.
    #[with(temperature = 0.5)]
    pub(crate) type Researcher = ChainOfThought<ShortAnswer>;
);

/// What comes out.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Answer {
    pub(crate) text: String,
    pub(crate) sources: usize,
}

async fn search(query: String, top_k: usize) -> Result<Vec<String>, std::io::Error> {
    Ok((0..top_k).map(|n| format!("{query} {n}")).collect())
}

pipeline!(
    /// Answers a question from a small library.
    pub(crate) fn Rag(question: String, top_k: usize) -> Answer {
        let query = ChainOfThought::<WriteQuery> { question };
        let passages = search(query.text, top_k)?;
        let notes = for passage in passages {
            Predict::<Summarize> { passage, question }.summary
        };
        let mut text = match query.kind {
            Kind::Simple => Predict::<ShortAnswer> { notes, question }.answer,
            Kind::Hard => Researcher { notes, question }.answer,
        };
        #[with(at_most = 2)]
        while text.len() < 20 {
            let longer = Predict::<ShortAnswer> {
                notes: vec![text],
                question,
            };
            text = longer.answer;
        }
        let checked = Researcher { notes, question }.answer || text;
        let sources = passages.len();
        Answer {
            text: format!("{text} / {checked}"),
            sources,
        }
    }
);

/// Answers every query with its own shape.
pub(crate) fn model() -> Scripted {
    Scripted::new(|request: &ChatRequest| {
        let system = &request.prefix.messages()[0].text;
        let mut reply = String::new();
        for (field, value) in [
            ("reasoning", "because"),
            ("text", "sky"),
            ("kind", "Hard"),
            ("summary", "a note"),
            ("answer", "an answer"),
        ] {
            if system.contains(&format!("[[ ## {field} ## ]]")) {
                reply.push_str(&format!("[[ ## {field} ## ]]\n{value}\n\n"));
            }
        }
        reply
    })
}
