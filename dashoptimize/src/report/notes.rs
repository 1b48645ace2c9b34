//! What is remarkable about a run: why nothing was learned, and what the optimizer says.

use crate::engine::Optimized;
use crate::evaluate::Measured;
use crate::module::Module;

/// What is remarkable about an optimization, one sentence each.
pub(super) fn of_optimized<M: Module>(optimized: &Optimized<M>) -> Vec<String> {
    let report = &optimized.report;
    let mut notes: Vec<String> = report.trials.iter().filter_map(of_trials).collect();
    let best = report.r#final.as_ref().or(report.initial.as_ref());
    if notes.is_empty() {
        notes.extend(best.and_then(of_failures));
    }
    notes.extend(report.remarks.iter().map(|remark| sentence(remark)));
    notes
}

/// A remark as a sentence.
fn sentence(remark: &str) -> String {
    let mut rest = remark.chars();
    let first = rest.next().into_iter().flat_map(char::to_uppercase);
    let first: String = first.collect();
    format!("{first}{}.", rest.as_str())
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
