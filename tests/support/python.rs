//! Sessions of the interpreter with the worker of these tests.

use std::time::Duration;

use dashoptimize::interpreter::{CodeOutcome, Interpreter, Limits};
use serde_json::{Map, Value};

pub(crate) fn interpreter() -> Interpreter {
    Interpreter::with_worker(env!("CARGO_BIN_EXE_interpreter-worker"))
}

/// Limits that a test reaches quickly.
pub(crate) fn small() -> Limits {
    Limits::default()
        .time(Duration::from_secs(2))
        .memory(64 << 20)
        .steps(1_000_000)
}

/// Runs code in a new session with small limits.
pub(crate) async fn run(code: &str) -> CodeOutcome {
    let mut session = interpreter().limits(small()).session();
    let outcome = session.run(code, Map::new(), &()).await;
    outcome.expect("the worker starts")
}

pub(crate) fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(entries) => entries,
        other => panic!("{other} is no object"),
    }
}
