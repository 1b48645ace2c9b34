//! What is remarkable about a run: why nothing was learned, and what demos lack.

use crate::engine::Optimized;
use crate::evaluate::Measured;
use crate::module::{Module, Predictor};
use crate::state::Demo;

/// What is remarkable about an optimization, one sentence each.
pub(super) fn of_optimized<M: Module>(optimized: &Optimized<M>) -> Vec<String> {
    let report = &optimized.report;
    let mut notes: Vec<String> = report.trials.iter().filter_map(of_trials).collect();
    let best = report.r#final.as_ref().or(report.initial.as_ref());
    if notes.is_empty() {
        notes.extend(best.and_then(of_failures));
    }
    if !optimized.diff().is_empty() {
        let predictors = optimized.program.predictors().into_iter();
        notes.extend(predictors.flat_map(|predictor| lacking(optimized, predictor)));
    }
    notes
}

/// That no run got the best score, so that no demo could be made of one.
fn of_trials(trials: &Measured) -> Option<String> {
    let best = trials.range().best();
    if trials.scores().any(|score| score == Some(best)) {
        return None;
    }
    let mut note = format!(
        "No run on a training row got the best score, and demos are made of good runs only: {trials}."
    );
    if let Some(reason) = reason(trials) {
        note += &format!(" {reason}");
    }
    Some(note)
}

/// That most rows failed for one reason.
pub(super) fn of_failures(measured: &Measured) -> Option<String> {
    let (_, rows) = measured.commonest_failure()?;
    (2 * rows >= measured.n())
        .then(|| reason(measured))
        .flatten()
}

fn reason(measured: &Measured) -> Option<String> {
    let (reason, rows) = measured.commonest_failure()?;
    let all = measured.failures().of_program();
    Some(format!(
        "Of {all} failures, {rows} have this cause: {reason}."
    ))
}

/// Which inputs the demos of a predictor lack.
fn lacking<M: Module>(optimized: &Optimized<M>, predictor: &Predictor) -> Vec<String> {
    let path = predictor.path();
    let Some(state) = optimized.tuned.predictors.get(path) else {
        return Vec::new();
    };
    let lacks = |name: &str| {
        let is_lacking = |demo: &&Demo| !demo.inputs.contains_key(name);
        state.demos.iter().filter(is_lacking).count()
    };
    let inputs = predictor.spec().inputs();
    let counts = inputs.map(|field| (&field.name, lacks(&field.name)));
    counts
        .filter(|(_, count)| *count > 0)
        .map(|(name, count)| {
            let all = state.demos.len();
            let lack = if count == 1 { "lacks" } else { "lack" };
            format!("{count} of {all} demos of `{path}` {lack} the input `{name}`.")
        })
        .collect()
}
