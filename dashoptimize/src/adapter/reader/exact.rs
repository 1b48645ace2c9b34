//! A reply written exactly as asked. It is read in one pass that allocates nothing but the values.

use serde_json::Value;

use super::effort::Effort;
use super::loose_json;
use super::output_reader::OutputReader;
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
