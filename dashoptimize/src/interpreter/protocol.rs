//! The messages between an interpreter and its worker: one JSON value per line.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::host::FunctionCall;
use super::limits::Limits;
use super::outcome::Ending;

/// The only variable in the environment of a worker.
pub(super) const VARIABLE: &str = "DASHOPTIMIZE_INTERPRETER";

/// The version of the protocol and of the interpreter, which must be the same on both sides.
pub(super) const VERSION: &str = env!("CARGO_PKG_VERSION");

/// A message to the worker.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum ToWorker {
    /// The first message: the limits of all runs.
    Start(Limits),
    /// Runs this code.
    Run {
        code: String,
        inputs: Map<String, Value>,
        functions: Vec<String>,
    },
    /// The value that a host function returned.
    Return(Value),
    /// The exception that a host function raised.
    Raise { kind: String, message: String },
}

/// A message from the worker.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum FromWorker {
    /// It waits for code.
    Ready { version: String },
    /// The code printed this text.
    Printed(String),
    /// The code calls a host function and waits for `Return` or `Raise`.
    Called(FunctionCall),
    /// The run ended.
    Ended(Ending),
}
