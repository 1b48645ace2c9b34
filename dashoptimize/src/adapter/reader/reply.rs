//! A whole reply: where each output is written in it.

use serde_json::Value;

use super::effort::Effort;
use super::output_reader::OutputReader;
use super::single::single;
use super::source::{OutputSource, OutputSources};
use super::thoughts::WithoutThoughts;
use super::{checks, exact, labels, object, schema_echo, sections, tags, thoughts};
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
    let exact = match form {
        ReplyForm::Sections => exact::read(spec, reply),
        ReplyForm::Json => exact::read_object(spec, reply),
    };
    let mut values = match exact {
        Some(values) => values,
        None => read_loosely(spec, reply, form, &mut receipt, &mut problems),
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
    let effort = Effort::for_length(reply.len());
    read_within(&effort, spec, reply, form, receipt, problems)
}

/// How many bytes are looked at to read a reply in both forms.
#[cfg(test)]
pub(super) fn spent_on(spec: &SignatureSpec, reply: &str) -> usize {
    let spent = [ReplyForm::Sections, ReplyForm::Json].map(|form| {
        let effort = Effort::for_length(reply.len());
        let (receipt, problems) = (&mut Receipt::default(), &mut Vec::new());
        let _ = read_within(&effort, spec, reply, form, receipt, problems);
        effort.spent()
    });
    spent.into_iter().max().unwrap_or_default()
}

fn read_within(
    effort: &Effort,
    spec: &SignatureSpec,
    reply: &str,
    form: ReplyForm,
    receipt: &mut Receipt,
    problems: &mut Vec<ParseProblem>,
) -> Vec<Value> {
    let sources = locate(spec, reply, form, effort, receipt);
    let mut sources = sources.into_iter();
    let mut values = Vec::with_capacity(sources.len());
    for field in spec.outputs() {
        let source = sources.next().flatten();
        let read = match source {
            Some(source) => read_field(field, source, effort, receipt),
            None => Err(ValueError::new("is missing")),
        };
        // A value that was found before the limit was reached may not be the one that was meant.
        let read = match effort.problem() {
            Some(problem) => Err(ValueError::new(problem)),
            None => read,
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
    effort: &Effort,
    receipt: &mut Receipt,
) -> OutputSources<'a> {
    let reply = match thoughts::without(spec, reply, receipt) {
        WithoutThoughts::Reply(reply) => reply,
        other => return spec.outputs().map(|_| other.problem()).collect(),
    };
    effort.spend(reply.len());
    let sections = |receipt: &mut Receipt| sections::find(spec, reply, receipt);
    let object = |receipt: &mut Receipt| object::find(spec, reply, effort, receipt);
    let found = match form {
        ReplyForm::Sections => sections(receipt).or_else(|| object(receipt)),
        ReplyForm::Json => object(receipt).or_else(|| sections(receipt)),
    };
    found
        .or_else(|| sections::find_inside(spec, reply, receipt))
        .or_else(|| labels::find(spec, reply, receipt))
        .or_else(|| tags::find(spec, reply, receipt))
        .unwrap_or_else(|| whole(spec, reply, effort, receipt))
}

/// A reply without any form is the value itself if the signature has only one output.
fn whole<'a>(
    spec: &SignatureSpec,
    reply: &'a str,
    effort: &Effort,
    receipt: &mut Receipt,
) -> OutputSources<'a> {
    match single(spec.outputs()) {
        Some(_) if schema_echo::is_in(spec, reply, effort) => {
            let problem = "is missing; the reply repeats the schema instead of filling it in";
            vec![Some(OutputSource::Unclear(problem.to_owned()))]
        }
        Some(_) if sections::has_unclear_marker(spec, reply) => {
            let problem = "is missing; a marker could be the one of several fields";
            vec![Some(OutputSource::Unclear(problem.to_owned()))]
        }
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
    effort: &Effort,
    receipt: &mut Receipt,
) -> Result<Value, ValueError> {
    let mut reader = OutputReader::new(checks::range(field), effort);
    let value = match source {
        OutputSource::Text(text) => reader.text(&field.ty, &text),
        OutputSource::Json(value) => reader.json(&field.ty, &value),
        OutputSource::Unclear(problem) => Err(ValueError::new(problem)),
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
