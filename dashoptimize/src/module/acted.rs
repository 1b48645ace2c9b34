//! The output of an agent.

use std::ops::Deref;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::reasoned::read_first_text;
use crate::signature::{Record, ValueError};

/// Outputs, and the steps that led to them. It derefs to the outputs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Acted<O> {
    /// All steps: what was done in each, and the result.
    pub trajectory: String,
    /// What the model thought before it gave the outputs.
    pub reasoning: String,
    /// The outputs of the signature. In JSON they stand beside the fields above.
    #[serde(flatten)]
    pub output: O,
}

impl<O> Acted<O> {
    /// Outputs, with the steps and the reasoning that led to them.
    pub fn new(trajectory: impl Into<String>, reasoning: impl Into<String>, output: O) -> Self {
        Self {
            trajectory: trajectory.into(),
            reasoning: reasoning.into(),
            output,
        }
    }
}

impl<O: Record> Acted<O> {
    /// Reads the trajectory, then the reasoning, then the outputs.
    pub(crate) fn from_values(mut values: Vec<Value>) -> Result<Self, ValueError> {
        let rest = values.split_off(values.len().min(1));
        let trajectory = match values.pop() {
            Some(Value::String(trajectory)) => trajectory,
            other => {
                let found = other.unwrap_or_default();
                return Err(ValueError::mismatch("a text", &found).in_field("trajectory"));
            }
        };
        let (reasoning, output) = read_first_text(rest, "reasoning")?;
        Ok(Self::new(trajectory, reasoning, output))
    }
}

impl<O> Deref for Acted<O> {
    type Target = O;

    fn deref(&self) -> &O {
        &self.output
    }
}
