//! `ToolFailure`: a tool call without a result.

use super::arguments::ArgumentError;
use super::error::ToolError;
use crate::error_text::debug_is_message;
use crate::signature::suggestion::{closest, quoted_list};

/// A tool call without a result. Its text is shown to the model, which can then correct its call.
#[derive(Clone, thiserror::Error)]
#[non_exhaustive]
pub enum ToolFailure {
    /// There is no tool of this name.
    #[error("there is no tool `{name}`{}; {}", hint(.name, .known), tools(.known))]
    UnknownTool {
        /// The name that the model called.
        name: String,
        /// The names of the tools.
        known: Vec<String>,
    },
    /// The arguments are wrong. The tool was not called.
    #[error(transparent)]
    Arguments(#[from] ArgumentError),
    /// The tool returned an error.
    #[error("`{tool}` failed: {error}")]
    Failed {
        /// The tool.
        tool: String,
        /// The error.
        error: ToolError,
    },
    /// The tool panicked.
    #[error("`{tool}` failed: it panicked: {message}")]
    Panicked {
        /// The tool.
        tool: String,
        /// The message of the panic.
        message: String,
    },
}

debug_is_message!(ToolFailure);

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
