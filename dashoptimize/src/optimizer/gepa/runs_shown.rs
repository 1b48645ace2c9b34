//! What the proposer is shown of runs.

use std::fmt::Write;

use serde_json::{Map, Value};

use crate::call::TraceStep;
use crate::engine::Rollout;
use crate::evaluate::ScoreRange;
use crate::module::Predictor;
use crate::random::SeededRng;

/// The calls of one predictor in the runs of a minibatch, as texts, the worst run first. A run in which the
/// predictor was not called, or that has no score, is not shown. Of several calls one is shown: a failed one,
/// or one that is drawn.
pub(super) fn runs_shown(
    path: &str,
    rollouts: &[Rollout],
    range: ScoreRange,
    shows_failures: bool,
    rng: &mut SeededRng,
) -> Vec<String> {
    let mut shown: Vec<(f64, String)> = rollouts
        .iter()
        .filter_map(|rollout| {
            let score = rollout.score()?;
            let step = step_of(path, rollout.trace(), shows_failures, rng)?;
            let feedback = rollout.feedback_for(path);
            Some((score, run(step, score, range, feedback)))
        })
        .collect();
    shown.sort_by(|(a, _), (b, _)| a.total_cmp(b));
    shown.into_iter().map(|(_, run)| run).collect()
}

fn step_of<'t>(
    path: &str,
    trace: &'t [TraceStep],
    shows_failures: bool,
    rng: &mut SeededRng,
) -> Option<&'t TraceStep> {
    let own = trace.iter().filter(|step| step.predictor == path);
    let own: Vec<&TraceStep> = own
        .filter(|step| shows_failures || step.error().is_none())
        .collect();
    let failed = own.iter().find(|step| step.error().is_some());
    let drawn = || own.get(rng.below(own.len()));
    failed.or_else(drawn).copied()
}

fn run(step: &TraceStep, score: f64, range: ScoreRange, feedback: Option<&str>) -> String {
    let mut words = "Inputs\n".to_owned();
    list(&step.inputs, &mut words);
    match &step.outcome {
        Ok(outputs) => {
            words.push_str("Outputs\n");
            list(outputs, &mut words);
        }
        // Writing to a `String` cannot fail, here and below.
        Err(error) => {
            let _ = writeln!(words, "No outputs: {error}");
        }
    }
    let (worst, best) = (range.worst(), range.best());
    let _ = write!(words, "Score: {score} (from {worst} to {best})");
    if let Some(feedback) = feedback {
        let _ = write!(words, "\nFeedback: {feedback}");
    }
    words
}

fn list(values: &Map<String, Value>, words: &mut String) {
    for (name, value) in values {
        let _ = match value {
            Value::String(text) => writeln!(words, "- {name}: {text}"),
            other => writeln!(words, "- {name}: {other}"),
        };
    }
}

/// A predictor in words: its path and fields, with everything that its model is told in general.
pub(super) fn step_shown(predictor: &Predictor) -> String {
    let (spec, state) = (predictor.spec(), predictor.state());
    let instructions = state.instructions.as_deref();
    let instructions = instructions.unwrap_or(&spec.instructions).trim();
    let mut words = format!("`{}` ({spec}): {instructions}", predictor.path());
    for field in spec.fields.iter() {
        let prose = state.fields.get(&*field.name);
        let desc = prose.and_then(|prose| prose.desc.as_deref());
        let desc = desc.unwrap_or(&field.desc).trim();
        let _ = write!(words, "\n- {} `{}`: {desc}", field.role, field.name);
    }
    words
}
