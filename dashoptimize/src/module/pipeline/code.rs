//! Plain code in a pipeline.

use std::error::Error;
use std::fmt;
use std::future::{Future, Ready, ready};

use crate::call::CallError;

/// What `?` turns an error of a step into. It does not implement `Error`, so that it can be made of
/// every error.
pub struct CodeError(Box<dyn Error + Send + Sync>);

impl<E: Into<Box<dyn Error + Send + Sync>>> From<E> for CodeError {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl CodeError {
    /// The failure of the step at this path. A failed call of a program stays as it is.
    fn at(self, step: &str) -> CallError {
        match self.0.downcast::<CallError>() {
            Ok(error) => *error,
            Err(source) => CallError::step(step, source),
        }
    }
}

impl fmt::Debug for CodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Runs code that may fail.
///
/// # Errors
///
/// Its error, with the path of the step.
pub async fn code<T>(
    step: &str,
    work: impl Future<Output = Result<T, CodeError>> + Send,
) -> Result<T, CallError> {
    work.await.map_err(|error| error.at(step))
}

/// Tells whether a function returned a future, which is awaited, or a value. Method calls find this trait
/// first, because it needs one reference less than [`IsValue`].
pub trait IsFuture {
    /// How to continue with it.
    fn __dashoptimize_kind(&self) -> FutureKind {
        FutureKind
    }
}

impl<F: Future> IsFuture for F {}

/// See [`IsFuture`].
pub trait IsValue {
    /// How to continue with it.
    fn __dashoptimize_kind(&self) -> ValueKind {
        ValueKind
    }
}

impl<T> IsValue for &T {}

/// The function was async.
#[derive(Clone, Copy, Debug)]
pub struct FutureKind;

impl FutureKind {
    /// The future as it is.
    pub const fn settle<F: Future>(self, future: F) -> F {
        future
    }
}

/// The function was not async.
#[derive(Clone, Copy, Debug)]
pub struct ValueKind;

impl ValueKind {
    /// A future that is ready with the value.
    pub fn settle<T>(self, value: T) -> Ready<T> {
        ready(value)
    }
}
