//! Plain code in a pipeline.

use std::error::Error;
use std::fmt;
use std::future::{Future, Ready, ready};

use crate::call::CallError;
use crate::lm::BoxFuture;

/// An error that a step can end with.
#[diagnostic::on_unimplemented(
    message = "a step cannot end with the error `{Self}`",
    label = "`?` cannot pass on this error",
    note = "the error of a step is `Send + Sync`, as `Box<dyn Error + Send + Sync>` and `anyhow::Error` are"
)]
pub trait StepError {
    /// The error below its type.
    fn boxed(self) -> Box<dyn Error + Send + Sync>;
}

#[diagnostic::do_not_recommend]
impl<E: Into<Box<dyn Error + Send + Sync>>> StepError for E {
    fn boxed(self) -> Box<dyn Error + Send + Sync> {
        self.into()
    }
}

/// What `?` turns an error of a step into. It does not implement `Error`, so that it can be made of
/// every error.
pub struct CodeError(Box<dyn Error + Send + Sync>);

impl<E: StepError> From<E> for CodeError {
    fn from(error: E) -> Self {
        Self(error.boxed())
    }
}

/// What `?` can be written behind.
#[diagnostic::on_unimplemented(
    message = "`?` needs a `Result`, and this is `{Self}`",
    label = "not a `Result`",
    note = "remove the `?`: a call of a module that fails ends the pipeline by itself; of an `Option`, write `.ok_or(\"what is missing\")?`"
)]
pub trait Attempt<T> {
    /// The result, with an error that every error can be.
    ///
    /// # Errors
    ///
    /// Its own.
    fn attempt(self) -> Result<T, CodeError>;
}

impl<T, E: StepError> Attempt<T> for Result<T, E> {
    fn attempt(self) -> Result<T, CodeError> {
        self.map_err(CodeError::from)
    }
}

/// What a `?` is written behind.
///
/// # Errors
///
/// Its own.
pub fn attempt<T, A: Attempt<T>>(made: A) -> Result<T, CodeError> {
    made.attempt()
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

/// What a call returned.
#[derive(Debug)]
pub struct Made<'a, T>(pub &'a T);

/// Tells whether a call returned a future, which is awaited if a function made it, or a value. Of the traits
/// below, method calls find this one first, and so on in their order, because each needs other references.
pub trait IsFuture {
    /// How to continue with it.
    fn __dashoptimize_kind(&self) -> FutureKind {
        FutureKind
    }
}

impl<F: Future> IsFuture for &&Made<'_, F> {}

/// See [`IsFuture`].
pub trait IsCopied {
    /// How to continue with it.
    fn __dashoptimize_kind(&self) -> ValueKind {
        ValueKind
    }
}

impl<T: Clone> IsCopied for &&&Made<'_, T> {}

/// See [`IsFuture`]. A result that no step can be given.
pub trait IsResult {
    /// How to continue with it.
    fn __dashoptimize_kind(&self) -> ResultKind {
        ResultKind
    }
}

impl<T, E> IsResult for &Made<'_, Result<T, E>> {}

/// See [`IsFuture`].
pub trait IsValue {
    /// How to continue with it.
    fn __dashoptimize_kind(&self) -> ValueKind {
        ValueKind
    }
}

impl<T> IsValue for Made<'_, T> {}

/// The call returned a future.
#[derive(Clone, Copy, Debug)]
pub struct FutureKind;

impl FutureKind {
    /// The future. One that is not `Send` is reported here, and as it has another type from here on, only here.
    pub fn settle<'a, F: Future + Send + 'a>(self, future: F) -> BoxFuture<'a, F::Output> {
        Box::pin(future)
    }

    /// Does not compile. It evaluates to the value of the future, so that nothing else is reported.
    pub fn keep<F: Future + Awaited>(self, _: F) -> F::Output {
        unreachable!("no future is `Awaited`")
    }
}

/// It returned a result that cannot be copied.
#[derive(Clone, Copy, Debug)]
pub struct ResultKind;

impl ResultKind {
    /// Does not compile. It evaluates to the value of the result, so that nothing else is reported.
    pub fn keep<T, E>(self, _: Result<T, E>) -> T
    where
        Result<T, E>: Tried,
    {
        unreachable!("no result is `Tried`")
    }
}

/// It returned anything else.
#[derive(Clone, Copy, Debug)]
pub struct ValueKind;

impl ValueKind {
    /// A future that is ready with the value.
    pub fn settle<T>(self, value: T) -> Ready<T> {
        ready(value)
    }

    /// The value as it is.
    pub fn keep<T>(self, value: T) -> T {
        value
    }
}

/// Nothing implements this.
#[diagnostic::on_unimplemented(
    message = "this step evaluates to a future; write `.await` behind it",
    label = "a method is not awaited by itself"
)]
pub trait Awaited {}

/// Nothing implements this.
#[diagnostic::on_unimplemented(
    message = "this step evaluates to a `Result`; write `?` behind it",
    label = "this is a `{Self}`, which cannot be copied for other steps"
)]
pub trait Tried {}
