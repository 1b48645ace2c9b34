//! Functions with `#[tool]` as tools.

use std::marker::PhantomData;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::callable::Tool;
use super::error::ToolError;
use super::spec::ToolSpec;
use crate::lm::BoxFuture;

/// A function with `#[tool]`. The macro implements this trait for a type with the name of the function,
/// which has no values.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a tool",
    label = "there is no function of this name with `#[tool]`",
    note = "put `#[tool]` on the function; a value is written as `&value`, or as an expression such as \
            `SimpleTool::new(…)`; a tool that has a `#[state]` is `name::with(state)`"
)]
pub trait ToolFunction: Send + Sync + 'static {
    /// The name, the description and the parameters of the tool.
    const SPEC: &'static ToolSpec;

    /// Reads the arguments and calls the function. The future resolves to the text that the model reads.
    fn call(arguments: Map<String, Value>) -> BoxFuture<'static, Result<String, ToolError>>;

    /// The tool, for `tools![…]`, which writes `<search as …>::tool()`: in this form the compiler reports
    /// a name that is not a type as such.
    #[doc(hidden)]
    #[must_use]
    fn tool() -> Arc<dyn Tool>
    where
        Self: Sized,
    {
        of::<Self>()
    }
}

/// The tool made from a function with `#[tool]`. In a list, `tools![…]` is shorter.
///
/// ```
/// use dashoptimize::tool;
///
/// /// Adds two numbers.
/// #[tool]
/// fn add(a: f64, b: f64) -> f64 {
///     a + b
/// }
///
/// let tool = tool::of::<add>();
/// assert_eq!(tool.spec().name, "add");
/// assert_eq!(add(1.0, 2.0), 3.0, "it is still a function");
/// ```
#[must_use]
pub fn of<F: ToolFunction>() -> Arc<dyn Tool> {
    Arc::new(FunctionTool::<F>(PhantomData))
}

struct FunctionTool<F>(PhantomData<F>);

impl<F: ToolFunction> Tool for FunctionTool<F> {
    fn spec(&self) -> &ToolSpec {
        F::SPEC
    }

    fn call(&self, arguments: Map<String, Value>) -> BoxFuture<'_, Result<String, ToolError>> {
        F::call(arguments)
    }
}
