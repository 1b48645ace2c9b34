//! A pipeline of every form, and a model that answers all of its nodes.

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

#[derive(Clone, Copy, Debug, PartialEq, FieldType)]
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

/// A labelled row.
#[signature]
#[derive(Clone)]
pub(crate) struct Qa {
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

async fn search(query: String, top_k: usize) -> Result<Vec<String>, String> {
    match top_k {
        0 => Err("nothing to look for".to_owned()),
        _ => Ok((0..top_k).map(|n| format!("{query} {n}")).collect()),
    }
}

pipeline!(
    /// Answers a question from a small library.
    pub(crate) fn Rag(question: String, top_k: usize) -> Answer {
        let query = ChainOfThought::<WriteQuery> { question };
        let passages = search(query.text, top_k)?;
        let notes = for passage in passages {
            Predict::<Summarize> { passage, question }.summary
        };
        let answer = match query.kind {
            Kind::Simple => Predict::<ShortAnswer> { notes, question }.answer,
            Kind::Hard => Researcher { notes, question }.answer,
        };
        Answer {
            text: answer,
            sources: passages.len(),
        }
    }
);

pipeline!(
    /// Improves an answer until it is long enough.
    pub(crate) fn Polish(question: String, enough: usize) -> String {
        let mut text = question;
        #[with(at_most = 3)]
        while text.len() < enough {
            let notes = vec![text];
            let longer = Predict::<ShortAnswer> { notes, question };
            text = longer.answer;
        }
        text
    }
);

pipeline!(
    /// Thinks, and where that fails answers at once, and where that fails gives up politely.
    pub(crate) fn Careful(question: String) -> String {
        let notes: Vec<String> = Vec::new();
        let answer = Researcher { notes, question }.answer
            || Predict::<ShortAnswer> { notes, question }.answer
            || "I do not know".to_owned();
        answer
    }
);

pipeline!(
    /// Answers within another pipeline.
    #[with(rows = Qa)]
    pub(crate) fn Outer(question: String) -> String {
        let top_k = 2;
        let inner = Rag { question, top_k }.text;
        let checked = if inner.is_empty() {
            Predict::<ShortAnswer> {
                notes: Vec::new(),
                question,
            }
            .answer
        } else {
            inner
        };
        checked
    }
);

/// Answers every query of these pipelines in its own form: the sections that the system message
/// asks for, each with its value from `values`.
pub(crate) fn answering(values: &'static [(&'static str, &'static str)]) -> Scripted {
    Scripted::new(move |request: &ChatRequest| form(request, values))
}

pub(crate) fn form(request: &ChatRequest, values: &[(&str, &str)]) -> String {
    let system = request.prefix.messages()[0].text();
    let mut reply = String::new();
    for (field, value) in values {
        if system.contains(&format!("[[ ## {field} ## ]]")) {
            reply.push_str(&format!("[[ ## {field} ## ]]\n{value}\n\n"));
        }
    }
    reply
}

/// Values for all fields.
pub(crate) const VALUES: &[(&str, &str)] = &[
    ("reasoning", "because"),
    ("text", "sky"),
    ("kind", "Hard"),
    ("summary", "a note"),
    ("answer", "an answer"),
];
