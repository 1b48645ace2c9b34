//! From a reply to typed values. The reader knows the types it wants, sets right what a person would
//! read without a doubt, reports all it set right, and refuses what could be read in two ways.
//!
//! It goes in three steps: [find](locate) the text or JSON of each output, [read](value) it as the
//! output's type, [check](check()) the signature's rules.

mod choice;
mod exact;
mod extract;
mod from_json;
mod labels;
mod list;
mod loose_json;
mod loose_words;
mod number;
mod number_words;
mod object;
mod sections;
mod source;
mod structure;
mod value;

use super::spelling::brief;
use super::{ParseError, ParseProblem, Parsed, Receipt};
use crate::signature::{Constraint, Field, OnFail, SignatureSpec, Ty, ValueError};
use serde_json::Value;
use source::Source;
pub(crate) use structure::take_similar;
use value::Reading;

/// The form that the model was asked for. The other one is read as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// Sections under field markers.
    Sections,
    /// One JSON object.
    Json,
}

/// The value of the type that this JSON, or JSON in a text, is meant to be. What is set right on the
/// way is not reported.
pub(crate) fn read_value(ty: &Ty, value: Value) -> Result<Value, ValueError> {
    Reading::new(None).json(ty, value)
}

/// Reads the outputs of a reply.
pub(super) fn read(spec: &SignatureSpec, reply: &str, form: Form) -> Result<Parsed, ParseError> {
    let mut receipt = Receipt::default();
    let mut problems = Vec::new();
    let mut values = match (form, exact::read(spec, reply)) {
        (Form::Sections, Some(values)) => values,
        _ => read_loosely(spec, reply, form, &mut receipt, &mut problems),
    };
    for (field, value) in spec.outputs().zip(&values) {
        if !problems.iter().any(|problem| belongs(problem, field)) {
            check(field, value, &mut receipt, &mut problems);
        }
    }
    if problems.is_empty() {
        values.truncate(spec.outputs().len());
        return Ok(Parsed { values, receipt });
    }
    Err(ParseError {
        problems,
        reply: reply.to_owned(),
    })
}

fn read_loosely(
    spec: &SignatureSpec,
    reply: &str,
    form: Form,
    receipt: &mut Receipt,
    problems: &mut Vec<ParseProblem>,
) -> Vec<Value> {
    let sources = locate(spec, reply, form, receipt);
    let mut sources = sources.into_iter();
    let mut values = Vec::with_capacity(sources.len());
    for field in spec.outputs() {
        let source = sources.next().flatten();
        let read = match source {
            Some(source) => read_field(field, source, receipt),
            None => Err(ValueError::new("is missing")),
        };
        values.push(read.unwrap_or_else(|error| {
            let error = error.in_field(&*field.name);
            problems.push(ParseProblem {
                field: error.path(),
                problem: error.problem().to_owned(),
            });
            Value::Null
        }));
    }
    values
}

/// Finds where each output is written. Each way of writing is tried in full before the next one.
fn locate<'a>(
    spec: &SignatureSpec,
    reply: &'a str,
    form: Form,
    receipt: &mut Receipt,
) -> Vec<Option<Source<'a>>> {
    let reply = sections::without_thoughts(reply, receipt);
    let sections = |receipt: &mut Receipt| sections::find(spec, reply, receipt);
    let object = |receipt: &mut Receipt| object::find(spec, reply, receipt);
    let found = match form {
        Form::Sections => sections(receipt).or_else(|| object(receipt)),
        Form::Json => object(receipt).or_else(|| sections(receipt)),
    };
    found
        .or_else(|| sections::find_inside(spec, reply, receipt))
        .or_else(|| labels::find(spec, reply, receipt))
        .unwrap_or_else(|| whole(spec, reply, receipt))
}

/// A reply without any form is the value, where there is only one to be had.
fn whole<'a>(
    spec: &SignatureSpec,
    reply: &'a str,
    receipt: &mut Receipt,
) -> Vec<Option<Source<'a>>> {
    let mut outputs = spec.outputs();
    match (outputs.next(), outputs.next()) {
        (Some(field), None) if !reply.trim().is_empty() => {
            receipt.repaired(&field.name, "took the whole reply for the value");
            vec![Some(Source::text(reply))]
        }
        _ => spec.outputs().map(|_| None).collect(),
    }
}

fn read_field(
    field: &Field,
    source: Source<'_>,
    receipt: &mut Receipt,
) -> Result<Value, ValueError> {
    let mut reading = Reading::new(range(field));
    let value = match source {
        Source::Text(text) => reading.text(&field.ty, &text),
        Source::Json(value) => reading.json(&field.ty, value),
    }?;
    for done in reading.repairs() {
        receipt.repaired(&field.name, done);
    }
    Ok(value)
}

/// The range that the field's checks state.
fn range(field: &Field) -> Option<(f64, f64)> {
    let mut checks = field.checks.iter();
    checks.find_map(|check| match check.constraint {
        Constraint::Range { min, max } => Some((min, max)),
        _ => None,
    })
}

fn check(field: &Field, value: &Value, receipt: &mut Receipt, problems: &mut Vec<ParseProblem>) {
    for check in field.checks.iter() {
        if check.constraint.holds(value) {
            continue;
        }
        let rule = check.constraint.rule(&field.ty);
        match check.on_fail {
            OnFail::Report => receipt.broken_checks.push((field.name.to_string(), rule)),
            OnFail::Reject => problems.push(ParseProblem {
                field: field.name.to_string(),
                problem: format!("{rule}, not {}", brief(&plain(value))),
            }),
        }
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Whether a problem is at this field or inside it.
fn belongs(problem: &ParseProblem, field: &Field) -> bool {
    match problem.field.strip_prefix(&*field.name) {
        Some(rest) => rest.is_empty() || rest.starts_with(['.', '[']),
        None => false,
    }
}
