//! Outputs with the reasoning that led to them.

use std::ops::Deref;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::signature::{Record, ValueError};

/// Outputs, and the reasoning that led to them. It derefs to the outputs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Reasoned<O> {
    /// What the model thought before it answered.
    pub reasoning: String,
    /// The outputs of the signature. In JSON they stand beside the reasoning.
    #[serde(flatten)]
    pub output: O,
}

impl<O> Reasoned<O> {
    /// Outputs, or a labelled row, with the reasoning that led to them.
    pub fn new(reasoning: impl Into<String>, output: O) -> Self {
        Self {
            reasoning: reasoning.into(),
            output,
        }
    }
}

impl<O> Deref for Reasoned<O> {
    type Target = O;

    fn deref(&self) -> &O {
        &self.output
    }
}

/// Reads the text that a module adds in front of the outputs of a signature, and the outputs.
pub(super) fn read_first_text<O: Record>(
    mut values: Vec<Value>,
    field: &str,
) -> Result<(String, O), ValueError> {
    let text = match values.first_mut().map(Value::take) {
        Some(Value::String(text)) => text,
        other => {
            let found = other.unwrap_or_default();
            return Err(ValueError::mismatch("a text", &found).in_field(field));
        }
    };
    values.remove(0);
    Ok((text, O::from_values(values)?))
}
