//! Inputs and outputs as the body of a request and of a response, with what their fields have.

#![deny(warnings)]

use std::collections::HashSet;
use std::sync::Arc;

use dashoptimize::prelude::*;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

fn body<T: Serialize + DeserializeOwned + Clone + PartialEq + Default + std::fmt::Debug>() {}

fn key<T: Eq + std::hash::Hash>() {}

/// Find out what the customer wants.
#[signature(derive(Eq, Hash))]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Triage {
    #[input]
    pub message: String,
    #[input]
    #[serde(default)]
    pub top_k: usize,
    #[input]
    pub earlier: Option<Vec<String>>,
    #[output(rename = "what")]
    pub intent: String,
}

/// A type of its own derives what it is to have; `Default` is left out here.
#[derive(Clone, Debug, PartialEq, FieldType)]
pub enum Kind {
    Simple,
    Hard,
}

#[signature(derive(PartialEq, Serialize))]
pub struct Sort {
    #[input]
    pub text: String,
    #[output]
    pub kind: Label,
}

#[derive(Clone, Debug, PartialEq, Serialize, FieldType)]
pub struct Label(String);

/// Not `Debug`, not `Clone`, not `PartialEq`.
pub struct Pool;

#[signature]
struct Ask {
    #[input]
    question: String,
    #[output]
    answer: String,
    #[output]
    kind: Kind,
}

pipeline!(
    pub fn Answer(question: String, top_k: usize, verbose: bool) -> String {
        Predict::<Ask> {
            question: format!("{question} {top_k} {verbose}"),
        }
        .answer
    }

    fn WithPool(question: String, pool: Arc<Pool>) -> String {
        let held = Arc::strong_count(&pool);
        Predict::<Ask> {
            question: format!("{question} {held}"),
        }
        .answer
    }
);

fn main() {
    body::<TriageInput>();
    body::<TriageOutput>();
    body::<Reasoned<TriageOutput>>();
    body::<AnswerInput>();
    key::<TriageInput>();

    let input: TriageInput = serde_json::from_str(r#"{"message": "hi", "unknown": 1}"#).unwrap();
    let expected = TriageInput { message: "hi".to_owned(), ..Default::default() };
    assert_eq!(input, expected);
    assert_eq!(HashSet::from([input.clone(), expected]).len(), 1);
    let text = serde_json::to_string(&input).unwrap();
    assert_eq!(text, r#"{"message":"hi","top_k":0,"earlier":null}"#);
    let missing = serde_json::from_str::<TriageInput>("{}").unwrap_err();
    assert_eq!(missing.to_string(), "missing field `message`");
    let wrong = serde_json::from_str::<TriageInput>(r#"{"message": 4}"#).unwrap_err();
    assert!(wrong.to_string().starts_with("`message` must be a text, not 4"), "{wrong}");

    let reasoned = Reasoned::new("so", TriageOutput { intent: "refund".to_owned() });
    let text = serde_json::to_string(&reasoned).unwrap();
    assert_eq!(text, r#"{"reasoning":"so","what":"refund"}"#);
    assert_eq!(serde_json::from_str::<Reasoned<TriageOutput>>(&text).unwrap(), reasoned);

    let sorted = SortOutput { kind: Label("a".to_owned()) };
    assert_eq!(serde_json::to_string(&sorted).unwrap(), r#"{"kind":"a"}"#);
    assert_eq!(SortInput { text: String::new() }, SortInput::default());

    let input = AnswerInput { question: "why?".to_owned(), ..Default::default() };
    let text = serde_json::to_string(&input).unwrap();
    assert_eq!(text, r#"{"question":"why?","top_k":0,"verbose":false}"#);
    assert_eq!(serde_json::from_str::<AnswerInput>(&text).unwrap(), input);
    let missing = serde_json::from_str::<AnswerInput>(r#"{"question": "why?"}"#).unwrap_err();
    assert!(missing.to_string().starts_with("missing field `top_k`"), "{missing}");

    let _ = |lm: Lm, pool: Arc<Pool>| {
        let _ = Answer::new(lm.clone());
        let question = String::new();
        async move { WithPool::new(lm).call(WithPoolInput { question, pool }).await }
    };
}
