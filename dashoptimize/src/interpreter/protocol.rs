//! What an interpreter and its worker say to each other: one JSON value a line.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Ending, FunctionCall, Limits};

/// Set in the environment of a worker, and nothing else is.
pub(super) const VARIABLE: &str = "DASHOPTIMIZE_INTERPRETER";

/// Both sides must speak the same protocol, and run the same interpreter.
pub(super) const VERSION: &str = env!("CARGO_PKG_VERSION");

/// To the worker.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Order {
    /// The first order: the limits of all runs.
    Start(Limits),
    /// Run this code.
    Run {
        code: String,
        inputs: Map<String, Value>,
        functions: Vec<String>,
    },
    /// What a host function returned.
    Return(Value),
    /// What a host function raised.
    Raise { kind: String, message: String },
}

/// From the worker.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum News {
    /// It waits for orders.
    Ready { version: String },
    /// The code printed.
    Printed(String),
    /// The code calls a host function and waits for `Return` or `Raise`.
    Called(FunctionCall),
    /// The run ended.
    Ended(Ending),
}
