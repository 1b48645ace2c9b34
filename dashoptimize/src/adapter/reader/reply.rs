//! A whole reply: where each output is written in it.

use serde_json::Value;

use super::output_reader::OutputReader;
use super::single::single;
use super::source::{OutputSource, OutputSources};
use super::{checks, exact, labels, object, sections};
use crate::adapter::receipt::{ParseError, ParseProblem, Parsed, Receipt};
use crate::signature::{Field, SignatureSpec, ValueError};

/// The form that the model was asked for. The other form is read as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::adapter) enum ReplyForm {
    /// Sections under field markers.
    Sections,
    /// One JSON object.
    Json,
}

/// Reads the outputs of a reply.
pub(in crate::adapter) fn read(
    spec: &SignatureSpec,
    reply: &str,
    form: ReplyForm,
) -> Result<Parsed, ParseError> {
    let mut receipt = Receipt::default();
    let mut problems = Vec::new();
    let mut values = match (form, exact::read(spec, reply)) {
        (ReplyForm::Sections, Some(values)) => values,
        _ => read_loosely(spec, reply, form, &mut receipt, &mut problems),
    };
    for (field, value) in spec.outputs().zip(&values) {
        if !problems.iter().any(|problem| belongs(problem, field)) {
            checks::apply(field, value, &mut receipt, &mut problems);
        }
    }
    if problems.is_empty() {
        values.truncate(spec.outputs().len());
        return Ok(Parsed::new(values, receipt));
    }
    Err(ParseError::new(problems, reply))
}

fn read_loosely(
    spec: &SignatureSpec,
    reply: &str,
    form: ReplyForm,
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
            problems.push(ParseProblem::from(&error));
            Value::Null
        }));
    }
    values
}

/// Finds where each output is written. Each form is tried for all outputs before the next form.
fn locate<'a>(
    spec: &SignatureSpec,
    reply: &'a str,
    form: ReplyForm,
    receipt: &mut Receipt,
) -> OutputSources<'a> {
    let reply = sections::without_thoughts(reply, receipt);
    let sections = |receipt: &mut Receipt| sections::find(spec, reply, receipt);
    let object = |receipt: &mut Receipt| object::find(spec, reply, receipt);
    let found = match form {
        ReplyForm::Sections => sections(receipt).or_else(|| object(receipt)),
        ReplyForm::Json => object(receipt).or_else(|| sections(receipt)),
    };
    found
        .or_else(|| sections::find_inside(spec, reply, receipt))
        .or_else(|| labels::find(spec, reply, receipt))
        .unwrap_or_else(|| whole(spec, reply, receipt))
}

/// A reply without any form is the value itself if the signature has only one output.
fn whole<'a>(spec: &SignatureSpec, reply: &'a str, receipt: &mut Receipt) -> OutputSources<'a> {
    match single(spec.outputs()) {
        Some(field) if !reply.trim().is_empty() => {
            receipt.repaired(&field.name, "read the whole reply as the value");
            vec![Some(OutputSource::text(reply))]
        }
        _ => spec.outputs().map(|_| None).collect(),
    }
}

fn read_field(
    field: &Field,
    source: OutputSource<'_>,
    receipt: &mut Receipt,
) -> Result<Value, ValueError> {
    let mut reader = OutputReader::new(checks::range(field));
    let value = match source {
        OutputSource::Text(text) => reader.text(&field.ty, &text),
        OutputSource::Json(value) => reader.json(&field.ty, value),
    }?;
    for done in reader.take_repairs() {
        receipt.repaired(&field.name, done);
    }
    Ok(value)
}

/// Whether a problem concerns this field or a place inside its value.
fn belongs(problem: &ParseProblem, field: &Field) -> bool {
    match problem.field.strip_prefix(&*field.name) {
        Some(rest) => rest.is_empty() || rest.starts_with(['.', '[']),
        None => false,
    }
}
