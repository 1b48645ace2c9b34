//! The state, as nodes and routes see it.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::state_type::StateType;

/// The state while a graph runs.
#[derive(Clone, Copy)]
pub(super) struct StateView<'a> {
    pub(super) values: &'a Map<String, Value>,
    pub(super) ty: &'a StateType,
}

impl StateView<'_> {
    /// A copy of the value of a field; of one that nothing has written, the empty value of its type.
    pub(super) fn value(&self, name: &str) -> Value {
        match self.values.get(name) {
            Some(value) => value.clone(),
            None => self.ty.blank(name),
        }
    }

    /// The whole state. Fields that nothing has written are empty.
    pub(super) fn whole<S: DeserializeOwned>(&self) -> Result<S, StateProblem> {
        read_whole(self.values.clone(), self.ty)
    }
}

/// The state is made of these values. Fields that are missing are empty.
pub(super) fn read_whole<S: DeserializeOwned>(
    mut values: Map<String, Value>,
    ty: &StateType,
) -> Result<S, StateProblem> {
    ty.fill(&mut values);
    serde_json::from_value(Value::Object(values)).map_err(|error| StateProblem(error.to_string()))
}

/// Why the state cannot be made of the values.
#[derive(thiserror::Error)]
#[error(
    "the state cannot be made of what the nodes wrote: {0}; a field that may not have been written yet needs an \
     `Option` or `#[serde(default)]`"
)]
pub(super) struct StateProblem(String);

crate::error_text::debug_is_message!(StateProblem);
