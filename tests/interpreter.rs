//! Python in the sandbox: values, limits, what is out of reach.

use std::time::Duration;

use dashoptimize::interpreter::{
    DIALECT, Ending, Functions, HostError, Interpreter, InterpreterError, Limit, Limits, Outcome,
};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

fn interpreter() -> Interpreter {
    Interpreter::with_worker(env!("CARGO_BIN_EXE_interpreter-worker"))
}

/// Runs code in a session of its own, with small limits.
async fn run(code: &str) -> Outcome {
    let limits = Limits::default().time(Duration::from_secs(2)).memory(64 << 20);
    run_within(limits, code).await
}

async fn run_within(limits: Limits, code: &str) -> Outcome {
    let mut session = interpreter().limits(limits).session();
    session.run(code, Map::new(), &()).await.expect("the worker starts")
}

async fn value(code: &str) -> Value {
    match run(code).await.ending {
        Ending::Value(value) => value,
        other => panic!("{code}: {other:?}"),
    }
}

async fn raised(code: &str) -> (String, String, Option<u32>) {
    match run(code).await.ending {
        Ending::Raised(error) => (error.kind, error.message, error.line),
        other => panic!("{code}: {other:?}"),
    }
}

#[tokio::test]
async fn prints_and_the_value_of_the_last_line() {
    let outcome = run("print('a', 1)\nx = [n * n for n in range(4)]\nx").await;
    assert_eq!(outcome.output, "a 1\n");
    assert_eq!(outcome.ending, Ending::Value(json!([0, 1, 4, 9])));
    assert_eq!(value("x = 1").await, Value::Null);
    assert_eq!(value("").await, Value::Null);
}
