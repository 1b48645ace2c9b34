//! A reply written exactly as asked. It is read in one pass, without a look at what else it might be. Sections
//! allocate nothing but the values.

use serde_json::Value;

use super::effort::Effort;
use super::output_reader::OutputReader;
use super::schema_echo::repeats_schema;
use super::{checks, loose_json};
use crate::adapter::marker::first_opening;
use crate::adapter::spelling::means_nothing;
use crate::signature::{SignatureSpec, Ty};

/// The outputs, or `None` if anything is written differently. The tolerant reader would give the same
/// values.
pub(super) fn read(spec: &SignatureSpec, reply: &str) -> Option<Vec<Value>> {
    let outputs = spec.outputs();
    let mut values = Vec::with_capacity(outputs.len());
    let mut rest = reply.trim_start();
    for field in outputs {
        rest = rest
            .strip_prefix("[[ ## ")?
            .strip_prefix(&*field.name)?
            .strip_prefix(" ## ]]\n")?;
        let (body, next) = rest.split_at(end(rest)?);
        values.push(value(&field.ty, body.trim())?);
        rest = next;
    }
    matches!(rest.trim_end(), "" | "[[ ## completed ## ]]").then_some(values)
}

/// The outputs of a reply that is one object with the outputs as its keys, in their order and in correct JSON;
/// `None` if anything is written differently. The tolerant reader would give the same values.
pub(super) fn read_object(spec: &SignatureSpec, reply: &str) -> Option<Vec<Value>> {
    let text = reply.trim();
    if !text.starts_with('{') {
        return None;
    }
    let effort = Effort::for_length(text.len());
    let parsed = loose_json::parse(text, &effort).filter(|parsed| parsed.is_strict(text))?;
    let entries = parsed.value.into_object().ok()?;
    let outputs = spec.outputs();
    if entries.len() != outputs.len() || repeats_schema(spec, &entries) {
        return None;
    }
    let mut values = Vec::with_capacity(entries.len());
    for (field, (key, value)) in outputs.zip(&entries) {
        let mut reader = OutputReader::new(checks::range(field), &effort);
        let value = (**key == *field.name).then(|| reader.json(&field.ty, value));
        values.push(value?.ok()?);
        if reader.repair_count() > 0 {
            return None;
        }
    }
    effort.problem().is_none().then_some(values)
}

/// The end of the section: the next marker, which must open a line, or the end of the reply.
fn end(rest: &str) -> Option<usize> {
    match first_opening(rest) {
        None => Some(rest.len()),
        Some((at, 0)) if at == 0 || rest[..at].ends_with('\n') => Some(at),
        Some(_) => None,
    }
}

fn value(ty: &Ty, text: &str) -> Option<Value> {
    match ty {
        Ty::Str => (!text.starts_with('"')).then(|| text.into()),
        Ty::Bool => match text {
            "true" => Some(true.into()),
            "false" => Some(false.into()),
            _ => None,
        },
        Ty::Enum(_) if text.starts_with('"') => None,
        Ty::Enum(ty) if !text.starts_with('{') => {
            let mut variants = ty.variants.iter();
            variants
                .find(|variant| variant.name == text && variant.payload.is_none())
                .map(|_| text.into())
        }
        Ty::Optional(_) if text == "null" => Some(Value::Null),
        Ty::Optional(_) if means_nothing(text) => None,
        Ty::Optional(inner) => value(inner, text),
        _ => json(ty, text),
    }
}

fn json(ty: &Ty, text: &str) -> Option<Value> {
    let effort = Effort::for_length(text.len());
    let parsed = loose_json::parse(text, &effort).filter(|parsed| parsed.is_strict(text))?;
    let mut reader = OutputReader::new(None, &effort);
    let value = reader.json(ty, &parsed.value).ok()?;
    reader.take_repairs().is_empty().then_some(value)
}
