//! The rules of a signature, applied to the values of a reply.

use serde_json::Value;

use crate::adapter::receipt::{BrokenCheck, ParseProblem, Receipt};
use crate::adapter::spelling::brief;
use crate::signature::{Constraint, Field, OnFail};

/// Checks the value of a field against the rules of the field.
pub(super) fn apply(
    field: &Field,
    value: &Value,
    receipt: &mut Receipt,
    problems: &mut Vec<ParseProblem>,
) {
    if let Some(refusal) = field.reads.refusal(value) {
        problems.push(ParseProblem::from(&refusal.in_field(&*field.name)));
        return;
    }
    for check in field.checks.iter() {
        if check.constraint.holds(value) {
            continue;
        }
        let (name, rule) = (&*field.name, check.constraint.rule(&field.ty));
        match check.on_fail {
            OnFail::Report => receipt.broken_checks.push(BrokenCheck::new(name, rule)),
            OnFail::Reject => {
                let problem = format!("{rule}, not {}", brief(&as_text(value)));
                problems.push(ParseProblem::new(name, problem));
            }
        }
    }
}

/// The range that the checks of a field state.
pub(super) fn range(field: &Field) -> Option<(f64, f64)> {
    let mut checks = field.checks.iter();
    checks.find_map(|check| match check.constraint {
        Constraint::Range { min, max } => Some((min, max)),
        _ => None,
    })
}

fn as_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
