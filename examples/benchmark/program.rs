//! The programs of the benchmark. The harnesses of the peers have the same ones in their own words.

use dashoptimize::lm::Lm;
use dashoptimize::module::{ModuleExt, Predict};
use dashoptimize::signature;
use dashoptimize::state::Demo;
use serde_json::{Map, Value, json};

/// What the scripted models answer.
pub(crate) const REPLY: &str =
    "[[ ## answer ## ]]\nParis\n\n[[ ## confidence ## ]]\n0.9\n\n[[ ## completed ## ]]\n";

/// Answer the question from the context.
#[signature]
#[derive(Clone, Debug)]
pub(crate) struct Qa {
    /// what is asked
    #[input]
    pub(crate) question: String,
    /// what is known
    #[input]
    pub(crate) context: String,
    /// a short answer
    #[output]
    pub(crate) answer: String,
    /// how sure, from 0 to 1
    #[output]
    pub(crate) confidence: f64,
}

/// The program on this model, with so many demos.
pub(crate) fn program(lm: impl Into<Lm>, demos: usize) -> Predict<Qa> {
    let program = Predict::new(lm);
    let mut state = program.state();
    for predictor in state.predictors.values_mut() {
        predictor.demos = (0..demos).map(demo).collect();
    }
    program
        .with_state(&state)
        .expect("the demos fit the signature")
}

/// The inputs of a repetition: every call has another one.
pub(crate) fn inputs(count: usize) -> Vec<QaInput> {
    (0..count).map(input).collect()
}

pub(crate) fn input(index: usize) -> QaInput {
    QaInput {
        question: format!("What is the capital of country number {index}?"),
        context: format!("Country number {index} lies in Europe, and its capital is Paris."),
    }
}

/// The labelled rows of an evaluation.
pub(crate) fn rows(count: usize) -> Vec<Qa> {
    let row = |index| {
        let QaInput { question, context } = input(index);
        Qa {
            question,
            context,
            answer: "Paris".to_owned(),
            confidence: 0.9,
        }
    };
    (0..count).map(row).collect()
}

pub(crate) fn is_right(gold: &Qa, prediction: &QaOutput) -> bool {
    gold.answer == prediction.answer
}

fn demo(index: usize) -> Demo {
    let QaInput { question, context } = input(index);
    Demo::new(
        object(json!({ "question": question, "context": context })),
        object(json!({ "answer": "Paris", "confidence": 0.9 })),
    )
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}
