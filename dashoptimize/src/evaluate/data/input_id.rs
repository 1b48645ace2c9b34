//! The identity of what a program is asked in a row.

use serde::Serialize;
use serde_json::{Map, Value};
use unicode_normalization::UnicodeNormalization;

use super::content_id::ContentId;
use crate::signature::{Role, Row};

/// The field that names a row and says nothing about it.
const NAME_OF_ROW: &str = "id";

/// A hash of the inputs of a row. Texts that differ only in case, in blanks or in how Unicode writes
/// them are the same, and so are `3` and `3.0`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct InputId(ContentId);

impl InputId {
    /// The inputs of a row of a signature. Its labels do not count.
    pub(super) fn of_row<E: Row>(row: &E) -> Self {
        let inputs: Vec<&str> = E::FIELDS
            .iter()
            .filter(|field| field.role == Role::Input)
            .map(|field| &*field.name)
            .collect();
        let mut fields = row.to_fields();
        fields.retain(|name, _| inputs.contains(&name.as_str()));
        Self::of_value(Value::Object(fields))
    }

    /// The inputs of a plain serde value: the fields of these names. Without names, all fields count
    /// except one that is called `id`.
    pub(super) fn of_serde(
        row: &impl Serialize,
        inputs: Option<&[String]>,
    ) -> Result<Self, serde_json::Error> {
        let mut value = serde_json::to_value(row)?;
        if let Value::Object(fields) = &mut value {
            let only_name = fields.len() == 1;
            fields.retain(|name, _| match inputs {
                Some(inputs) => inputs.contains(name),
                None => name != NAME_OF_ROW || only_name,
            });
        }
        Ok(Self::of_value(value))
    }

    fn of_value(value: Value) -> Self {
        Self(ContentId::of_value(&normal(value)))
    }
}

fn normal(value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(normal_text(&text)),
        Value::Array(items) => items.into_iter().map(normal).collect(),
        Value::Object(entries) => {
            let entries = entries.into_iter();
            Value::Object(
                entries
                    .map(|(key, value)| (key, normal(value)))
                    .collect::<Map<_, _>>(),
            )
        }
        Value::Number(number) => match number.as_f64().filter(|float| float.fract() == 0.0) {
            Some(float) if number.is_f64() && float.abs() < 1e15 => Value::from(float as i64),
            _ => Value::Number(number),
        },
        other => other,
    }
}

fn normal_text(text: &str) -> String {
    let lower: String = text.nfc().flat_map(char::to_lowercase).collect();
    // Lower case may come apart again.
    let lower: String = lower.nfc().collect();
    lower.split_whitespace().collect::<Vec<_>>().join(" ")
}
