//! `CodeOutcome`: what a run of code printed and how it ended.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::limits::Limit;
use crate::error_text::debug_is_message;

/// What a run of code printed and how it ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CodeOutcome {
    /// What the code printed before it ended.
    pub output: String,
    /// How it ended.
    pub ending: Ending,
}

/// How a run of code ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Ending {
    /// It ran to its end. The value is that of the last line if that is an expression, or else `null`.
    Value(Value),
    /// It called `SUBMIT`. The value is the argument, or an object if the arguments have names.
    Submitted(Value),
    /// It is not valid in this [dialect](super::DIALECT), or it raised an exception that was not caught.
    Raised(PythonError),
    /// It reached a limit. The variables of the session are lost.
    Limit(Limit),
    /// The interpreter itself failed, with this message, through no fault of the code. The variables of the
    /// session are lost.
    Crashed(String),
}

/// An exception of Python.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{}{kind}: {message}", LinePrefix(*.line))]
#[non_exhaustive]
pub struct PythonError {
    /// The type of the exception, such as `ValueError`.
    pub kind: String,
    /// The message of the exception, cut after [`Limits::output`](super::Limits::output) bytes.
    pub message: String,
    /// The line of the code, from 1, in the innermost frame that belongs to this run.
    pub line: Option<u32>,
}

debug_is_message!(PythonError);

/// `line 3: `, or nothing if the line is not known.
struct LinePrefix(Option<u32>);

impl fmt::Display for LinePrefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.map_or(Ok(()), |line| write!(f, "line {line}: "))
    }
}

impl CodeOutcome {
    /// An outcome, for instance for tests of code that handles outcomes.
    pub fn new(output: impl Into<String>, ending: Ending) -> Self {
        Self {
            output: output.into(),
            ending,
        }
    }
}

impl PythonError {
    /// An exception without a line.
    pub fn new(kind: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            kind: kind.into(),
            message: message.into(),
            line: None,
        }
    }

    /// Sets the line of the code, from 1.
    #[must_use]
    pub const fn with_line(mut self, line: u32) -> Self {
        self.line = Some(line);
        self
    }
}

impl Ending {
    /// Whether the variables of the session are kept for the next run.
    pub(super) const fn keeps_variables(&self) -> bool {
        matches!(self, Self::Value(_) | Self::Submitted(_) | Self::Raised(_))
    }
}

/// The text that a model is shown.
impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Value(value) | Self::Submitted(value) => value.fmt(f),
            Self::Raised(error) => error.fmt(f),
            Self::Limit(Limit::Time) => f.write_str("the code took too much time and was stopped"),
            Self::Limit(Limit::Memory) => f.write_str("the code took too much memory and was stopped"),
            Self::Limit(Limit::Steps) => {
                f.write_str("the code did not end after millions of steps and was stopped; is there an endless loop?")
            }
            Self::Limit(Limit::Output) => {
                f.write_str("the code printed or returned too much and was stopped")
            }
            Self::Crashed(_) => f.write_str("the interpreter itself failed, which is not a fault of the code; all variables are lost"),
        }
    }
}
