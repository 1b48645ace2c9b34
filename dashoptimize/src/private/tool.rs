//! The items that expansions of `#[tool]` use.

use std::borrow::Cow;
use std::future::Future;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::codec::{FieldCodec, signature_field};
use super::object::ObjectReader;
use crate::lm::BoxFuture;
use crate::signature::{FieldType, Property};
use crate::tool::{Tool, ToolError, ToolOutput, ToolParameters, ToolSpec};

/// A tool with these arguments.
#[must_use]
pub const fn tool_spec(
    name: &'static str,
    description: &'static str,
    arguments: &'static [Property],
) -> ToolSpec {
    ToolSpec {
        name: Cow::Borrowed(name),
        description: Cow::Borrowed(description),
        parameters: ToolParameters::Typed(Cow::Borrowed(arguments)),
    }
}

/// The codec of an argument.
#[must_use]
pub const fn tool_argument<T: ToolArgument>() -> FieldCodec<T> {
    signature_field::<T>()
}

/// `FieldType`, with an error message for an argument whose type lacks it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be an argument of a tool",
    label = "the model cannot be told how to write this type",
    note = "every type in it must be one that a signature field can have, such as `String`, or derive \
            `dashoptimize::FieldType`"
)]
pub trait ToolArgument: FieldType {}

#[diagnostic::do_not_recommend]
impl<T: FieldType> ToolArgument for T {}

/// Reads the arguments of a call.
#[must_use]
pub fn tool_arguments(arguments: Map<String, Value>) -> ObjectReader {
    ObjectReader::of(arguments)
}

/// The call as a future.
pub fn tool_future<F>(call: F) -> BoxFuture<'static, Result<String, ToolError>>
where
    F: Future<Output = Result<String, ToolError>> + Send + 'static,
{
    Box::pin(call)
}

/// A tool that has a state: the function that is called holds it.
pub fn tool_with<F>(spec: &'static ToolSpec, call: F) -> Arc<dyn Tool>
where
    F: Fn(Map<String, Value>) -> BoxFuture<'static, Result<String, ToolError>>
        + Send
        + Sync
        + 'static,
{
    Arc::new(ToolWith { spec, call })
}

struct ToolWith<F> {
    spec: &'static ToolSpec,
    call: F,
}

impl<F> Tool for ToolWith<F>
where
    F: Fn(Map<String, Value>) -> BoxFuture<'static, Result<String, ToolError>>
        + Send
        + Sync
        + 'static,
{
    fn spec(&self) -> &ToolSpec {
        self.spec
    }

    fn call(&self, arguments: Map<String, Value>) -> BoxFuture<'_, Result<String, ToolError>> {
        (self.call)(arguments)
    }
}

/// The result of a call, as the model reads it.
///
/// # Errors
///
/// If the function failed.
pub fn tool_output<T: ToolOutput>(output: T) -> Result<String, ToolError> {
    output.into_text()
}
