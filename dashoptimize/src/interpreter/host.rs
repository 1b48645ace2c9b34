//! `Host`: functions of the program that code can call.

use std::collections::BTreeMap;
use std::fmt;
use std::future::Future;
use std::panic::AssertUnwindSafe;

use futures_util::FutureExt;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::error_text::debug_is_message;
use crate::lm::BoxFuture;

/// A call of a host function.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FunctionCall {
    /// The name of the function.
    pub name: String,
    /// The positional arguments, in order.
    pub args: Vec<Value>,
    /// The keyword arguments.
    pub kwargs: Map<String, Value>,
}

/// The error of a host function. In the code, it is an exception that can be caught.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
#[error("{kind}: {message}")]
pub struct HostError {
    /// The type of the exception, such as `ValueError`. A type that is not built into Python becomes
    /// `RuntimeError`.
    pub kind: String,
    /// The message.
    pub message: String,
}

debug_is_message!(HostError);

/// The functions that code can call, by name.
///
/// [`Functions`] makes one from closures; `()` has no functions.
pub trait Host: Sync {
    /// The names of the functions.
    fn functions(&self) -> Vec<String>;

    /// Calls one of the functions. A panic becomes a `RuntimeError` in the code.
    fn call(&self, call: FunctionCall) -> BoxFuture<'_, Result<Value, HostError>>;
}

/// No functions: the code can only compute.
impl Host for () {
    fn functions(&self) -> Vec<String> {
        Vec::new()
    }

    fn call(&self, call: FunctionCall) -> BoxFuture<'_, Result<Value, HostError>> {
        Box::pin(async move { Err(HostError::unknown(&call.name)) })
    }
}

/// A [`Host`] made from closures.
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
    by_name: BTreeMap<String, HostFunction>,
}

type HostFunction =
    Box<dyn Fn(FunctionCall) -> BoxFuture<'static, Result<Value, HostError>> + Send + Sync>;

impl Functions {
    /// A host without functions.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a function. It replaces another one of the same name.
    #[must_use]
    pub fn with<F, R>(mut self, name: impl Into<String>, function: F) -> Self
    where
        F: Fn(FunctionCall) -> R + Send + Sync + 'static,
        R: Future<Output = Result<Value, HostError>> + Send + 'static,
    {
        let function: HostFunction = Box::new(move |call| Box::pin(function(call)));
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

impl FunctionCall {
    /// A call with positional and keyword arguments.
    pub fn new(name: impl Into<String>, args: Vec<Value>, kwargs: Map<String, Value>) -> Self {
        Self {
            name: name.into(),
            args,
            kwargs,
        }
    }
}

impl HostError {
    /// An exception with this type, such as `ValueError`, and message.
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

/// Calls a host function and turns a panic into an error.
pub(super) async fn call(host: &dyn Host, call: FunctionCall) -> Result<Value, HostError> {
    let name = call.name.clone();
    let called = AssertUnwindSafe(async { host.call(call).await });
    called
        .catch_unwind()
        .await
        .unwrap_or_else(|_| Err(HostError::new("RuntimeError", format!("{name}() panicked"))))
}
