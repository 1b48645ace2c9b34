//! Values as text.

use std::fmt::Write;

use serde_json::Value;

use crate::adapter::spelling::{means_nothing, needs_no_quotes};
use crate::signature::{EnumTy, StructTy, Ty};

/// Adds a value that the model is given: text as it is, a list of texts as numbered quotations,
/// everything else as JSON.
pub(super) fn push_input(out: &mut String, ty: &Ty, value: &Value) {
    match (ty, value) {
        (Ty::Json, value) => push_json(out, ty, value),
        (_, Value::String(text)) => out.push_str(text),
        (Ty::List(item), Value::Array(items)) if **item == Ty::Str && !items.is_empty() => {
            push_quotations(out, items);
        }
        _ => push_json(out, ty, value),
    }
}

/// Adds `[1] «…»`, one text on each line. Nothing inside a text has to be escaped.
fn push_quotations(out: &mut String, items: &[Value]) {
    for (index, item) in items.iter().enumerate() {
        let end = if index == 0 { "" } else { "\n" };
        let text = item.as_str().unwrap_or_default();
        // Writing to a `String` cannot fail, here and below.
        let _ = write!(out, "{end}[{}] «{text}»", index + 1);
    }
}

/// Adds a value that the model produces, in the form that the reader accepts: text and the names of
/// variants without quotes if they [need none](needs_no_quotes), everything else as JSON.
pub(super) fn push_output(out: &mut String, ty: &Ty, value: &Value) {
    match (ty, value) {
        (Ty::Str | Ty::Enum(_), Value::String(text)) if needs_no_quotes(text) => out.push_str(text),
        (Ty::Optional(inner), Value::String(text)) if means_nothing(text) => {
            push_json(out, inner, value);
        }
        (Ty::Optional(inner), value) if !value.is_null() => push_output(out, inner, value),
        _ => push_json(out, ty, value),
    }
}

/// Adds a value as compact JSON, with the properties of a struct in the order of its type.
pub(in crate::adapter) fn push_json(out: &mut String, ty: &Ty, value: &Value) {
    match (ty, value) {
        (Ty::Optional(inner), value) => push_json(out, inner, value),
        (Ty::List(item), Value::Array(items)) => {
            push_joined(out, ('[', ']'), items, |out, value| {
                push_json(out, item, value)
            });
        }
        (Ty::Map(inner), Value::Object(entries)) => {
            push_joined(out, ('{', '}'), entries, |out, (key, value)| {
                push_entry(out, key, inner, value);
            });
        }
        (Ty::Struct(ty), Value::Object(values)) => push_struct(out, ty, values),
        (Ty::Enum(ty), Value::Object(values)) => push_variant(out, ty, values),
        _ => {
            let _ = write!(out, "{value}");
        }
    }
}

fn push_struct(out: &mut String, ty: &StructTy, values: &serde_json::Map<String, Value>) {
    let given = ty.properties.iter().filter_map(|property| {
        let value = values.get(&*property.name)?;
        Some((property, value))
    });
    push_joined(out, ('{', '}'), given, |out, (property, value)| {
        push_entry(out, &property.name, &property.ty, value);
    });
}

fn push_variant(out: &mut String, ty: &EnumTy, values: &serde_json::Map<String, Value>) {
    push_joined(out, ('{', '}'), values, |out, (key, value)| {
        let variant = ty.variants.iter().find(|variant| variant.name == *key);
        let payload = variant.and_then(|variant| variant.payload.as_deref());
        push_entry(out, key, payload.unwrap_or(&Ty::Json), value);
    });
}

fn push_joined<T>(
    out: &mut String,
    (open, close): (char, char),
    items: impl IntoIterator<Item = T>,
    mut push: impl FnMut(&mut String, T),
) {
    out.push(open);
    for (index, item) in items.into_iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        push(out, item);
    }
    out.push(close);
}

fn push_entry(out: &mut String, key: &str, ty: &Ty, value: &Value) {
    push_quoted(out, key);
    out.push(':');
    push_json(out, ty, value);
}

/// Adds a text as a JSON string.
fn push_quoted(out: &mut String, text: &str) {
    if text
        .bytes()
        .all(|byte| byte >= b' ' && byte != b'"' && byte != b'\\')
    {
        out.push('"');
        out.push_str(text);
        out.push('"');
    } else {
        let _ = write!(out, "{}", Value::from(text));
    }
}

/// The approximate length of a value as text, so that a turn is allocated once.
pub(super) fn size_hint(value: &Value) -> usize {
    match value {
        Value::Null | Value::Bool(_) => 5,
        Value::Number(_) => 24,
        Value::String(text) => text.len() + 12,
        Value::Array(items) => items.iter().map(|item| size_hint(item) + 1).sum::<usize>() + 2,
        Value::Object(entries) => {
            let entries = entries.iter();
            let sizes = entries.map(|(key, value)| key.len() + 4 + size_hint(value));
            sizes.sum::<usize>() + 2
        }
    }
}
