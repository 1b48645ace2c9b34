//! Native tool calling: what a model is told of tools, and how it calls them.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A tool as a request offers it to the model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ToolDef {
    /// The name by which the model calls it: letters, digits, `_` and `-`.
    pub name: String,
    /// What the tool does and when to use it; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// The arguments, as the JSON schema of an object.
    pub schema: Value,
}

impl ToolDef {
    /// A tool of this name, with what it does and the JSON schema of its arguments.
    pub fn new(name: impl Into<String>, description: impl Into<String>, schema: Value) -> Self {
        Self {
            name: name.into(),
            description: description.into(),
            schema,
        }
    }

    /// Length in bytes of everything that the model is told.
    pub(super) fn bytes(&self) -> usize {
        self.name.len() + self.description.len() + self.schema.to_string().len()
    }
}

/// A call of a tool by the model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ToolCall {
    /// What the result refers to, in a [`Message::tool_result`](super::Message::tool_result). Empty
    /// where the server does not set it.
    pub id: String,
    /// The tool that the model calls. It may not be one of the request's tools.
    pub name: String,
    /// The arguments, as the model wrote them: JSON, unless the model made a mistake.
    pub arguments: String,
}

impl ToolCall {
    /// A call with these arguments.
    pub fn new(
        id: impl Into<String>,
        name: impl Into<String>,
        arguments: impl Into<String>,
    ) -> Self {
        Self {
            id: id.into(),
            name: name.into(),
            arguments: arguments.into(),
        }
    }

    /// Length of all texts in bytes.
    pub(super) const fn bytes(&self) -> usize {
        self.id.len() + self.name.len() + self.arguments.len()
    }
}
