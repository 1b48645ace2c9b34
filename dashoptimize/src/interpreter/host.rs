//! Functions of the program that code may call.

use std::collections::BTreeMap;
use std::fmt;
use std::future::Future;
use std::panic::AssertUnwindSafe;

use futures_util::FutureExt;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::lm::BoxFuture;

/// A call that code makes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FunctionCall {
    /// The function's name.
    pub name: String,
    /// Arguments without a name, in order.
    pub args: Vec<Value>,
    /// Arguments with a name.
    pub kwargs: Map<String, Value>,
}

/// Why a host function failed. The code sees it as an exception that it can catch.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{kind}: {message}")]
pub struct HostError {
    /// The type of the exception, one of Python's builtin ones; another is seen as `RuntimeError`.
    pub kind: String,
    /// What is wrong.
    pub message: String,
}

/// What code can reach: functions by name.
pub trait Host: Sync {
    /// The names that code may call.
    fn functions(&self) -> Vec<String>;

    /// Calls one of them. A panic is handed to the code as a `RuntimeError`.
    fn call(&self, call: FunctionCall) -> BoxFuture<'_, Result<Value, HostError>>;
}

/// Nothing: code can only compute.
impl Host for () {
    fn functions(&self) -> Vec<String> {
        Vec::new()
    }

    fn call(&self, call: FunctionCall) -> BoxFuture<'_, Result<Value, HostError>> {
        Box::pin(async move { Err(HostError::unknown(&call.name)) })
    }
}

/// Closures as a [`Host`].
///
/// ```
/// use dashoptimize::interpreter::{Functions, HostError};
/// use serde_json::json;
///
/// let functions = Functions::new().with("double", async |call| match call.args.first() {
///     Some(n) => Ok(json!(n.as_f64().unwrap_or_default() * 2.0)),
///     None => Err(HostError::new("TypeError", "double() takes a number")),
/// });
/// # let _ = functions;
/// ```
#[derive(Default)]
pub struct Functions {
    by_name: BTreeMap<String, Function>,
}

type Function =
    Box<dyn Fn(FunctionCall) -> BoxFuture<'static, Result<Value, HostError>> + Send + Sync>;

impl Functions {
    /// No functions.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a function, or takes another one's place.
    #[must_use]
    pub fn with<F, R>(mut self, name: impl Into<String>, function: F) -> Self
    where
        F: Fn(FunctionCall) -> R + Send + Sync + 'static,
        R: Future<Output = Result<Value, HostError>> + Send + 'static,
    {
        let function: Function = Box::new(move |call| Box::pin(function(call)));
        self.by_name.insert(name.into(), function);
        self
    }
}

impl Host for Functions {
    fn functions(&self) -> Vec<String> {
        self.by_name.keys().cloned().collect()
    }

    fn call(&self, call: FunctionCall) -> BoxFuture<'_, Result<Value, HostError>> {
        match self.by_name.get(&call.name) {
            Some(function) => function(call),
            None => Host::call(&(), call),
        }
    }
}

impl fmt::Debug for Functions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.by_name.keys()).finish()
    }
}

impl HostError {
    /// An exception of this type with this message.
    pub fn new(kind: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            kind: kind.into(),
            message: message.into(),
        }
    }

    fn unknown(name: &str) -> Self {
        Self::new("NameError", format!("name '{name}' is not defined"))
    }
}

/// Calls a host function; a panic is an error like any other.
pub(super) async fn call(host: &dyn Host, call: FunctionCall) -> Result<Value, HostError> {
    let name = call.name.clone();
    let called = AssertUnwindSafe(async { host.call(call).await });
    called
        .catch_unwind()
        .await
        .unwrap_or_else(|_| Err(HostError::new("RuntimeError", format!("{name}() panicked"))))
}
