//! What came of a tool call in place of a result.

use super::{ArgumentError, ToolError};
use crate::signature::suggestion::{closest, quoted_list};

/// A tool call without a result. Its text is what the model is told, so that it can do better.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ToolFailure {
    /// The model invented the name.
    #[error("there is no tool `{name}`{}; {}", hint(.name, .known), tools(.known))]
    UnknownTool {
        /// What the model called.
        name: String,
        /// The names of the tools.
        known: Vec<String>,
    },
    /// The arguments do not fit. The tool was not called.
    #[error(transparent)]
    Arguments(#[from] ArgumentError),
    /// The tool failed.
    #[error("`{tool}` failed: {error}")]
    Failed {
        /// The tool.
        tool: String,
        /// Why.
        error: ToolError,
    },
    /// The tool panicked: its code is broken.
    #[error("`{tool}` failed: it panicked: {message}")]
    Panicked {
        /// The tool.
        tool: String,
        /// What it said.
        message: String,
    },
}

fn tools(known: &[String]) -> String {
    match known {
        [] => "there are no tools at all".to_owned(),
        [only] => format!("the only tool is `{only}`"),
        known => format!(
            "the tools are {}",
            quoted_list(known.iter().map(String::as_str))
        ),
    }
}

fn hint(name: &str, known: &[String]) -> String {
    match closest(name, known.iter().map(String::as_str)) {
        Some(known) => format!(", did you mean `{known}`?"),
        None => String::new(),
    }
}
