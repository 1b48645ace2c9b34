//! What came of a run of code.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Limit;

/// What came of a run of code.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// What the code printed, until it ended.
    pub output: String,
    /// How it ended.
    pub ending: Ending,
}

/// How a run of code ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Ending {
    /// It ran to its end. The value of the last line, if that is an expression, else `null`.
    Value(Value),
    /// It called `SUBMIT`: with one value, that value; with named values, an object of them.
    Submitted(Value),
    /// It is no Python of this [dialect](super::DIALECT), or it raised an exception that nothing
    /// caught.
    Raised(CodeError),
    /// It met a limit. The variables of the session are lost.
    Limit(Limit),
    /// The interpreter itself failed on this code. The variables of the session are lost.
    Crashed(String),
}

/// An exception of Python.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{}{kind}: {message}", At(*.line))]
pub struct CodeError {
    /// The exception's type, such as `ValueError`.
    pub kind: String,
    /// What is wrong, in Python's words.
    pub message: String,
    /// The line of the code, from 1; of the innermost frame that belongs to this run.
    pub line: Option<u32>,
}

/// `line 3: `, where a line is known.
struct At(Option<u32>);

impl fmt::Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.map_or(Ok(()), |line| write!(f, "line {line}: "))
    }
}

impl Ending {
    /// Whether variables are there for the next run.
    pub(super) const fn keeps_variables(&self) -> bool {
        matches!(self, Self::Value(_) | Self::Submitted(_) | Self::Raised(_))
    }
}

/// In the words that a model is shown.
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
            Self::Crashed(_) => f.write_str("the interpreter failed on this code; write it in a simpler way"),
        }
    }
}
