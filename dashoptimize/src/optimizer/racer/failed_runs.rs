//! Runs that could be better, as a proposer is shown them.

use std::fmt::Write;

use serde_json::{Map, Value};

use crate::call::TraceStep;
use crate::engine::Rollout;
use crate::module::Predictor;

/// The last call of this predictor in each run, with what is right as far as the row says it. A run in which it
/// was not called is left out.
pub(super) fn shown<'r>(
    predictor: &Predictor,
    runs: impl IntoIterator<Item = (&'r Rollout, Map<String, Value>)>,
) -> Vec<String> {
    let runs = runs.into_iter();
    let shown = runs.filter_map(|(run, gold)| {
        let mut steps = run.trace().iter();
        let step = steps.rfind(|step| step.predictor == predictor.path())?;
        Some(in_words(predictor, step, run, &gold))
    });
    shown.collect()
}

fn in_words(
    predictor: &Predictor,
    step: &TraceStep,
    run: &Rollout,
    gold: &Map<String, Value>,
) -> String {
    let mut words = "Inputs\n".to_owned();
    list(step.inputs.iter(), &mut words);
    match &step.outcome {
        Ok(outputs) => {
            words.push_str("Answer\n");
            list(outputs.iter(), &mut words);
        }
        // Writing to a `String` cannot fail, here and below.
        Err(error) => {
            let _ = writeln!(words, "No answer: {error}");
        }
    }
    let right: Vec<_> = gold
        .iter()
        .filter(|(name, _)| is_output(predictor, name))
        .collect();
    if !right.is_empty() {
        words.push_str("What is right\n");
        list(right.into_iter(), &mut words);
    }
    if let Some(said) = run.feedback_for(predictor.path()) {
        let _ = writeln!(words, "What was said about it: {said}");
    }
    words.trim_end().to_owned()
}

/// Only what the step itself answers is shown of a row.
fn is_output(predictor: &Predictor, name: &str) -> bool {
    let mut outputs = predictor.spec().outputs();
    outputs.any(|field| field.name == name)
}

fn list<'v>(values: impl Iterator<Item = (&'v String, &'v Value)>, words: &mut String) {
    for (name, value) in values {
        let _ = match value {
            Value::String(text) => writeln!(words, "- {name}: {text}"),
            other => writeln!(words, "- {name}: {other}"),
        };
    }
}
