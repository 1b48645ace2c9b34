//! Functions with `#[tool]`.

use std::marker::PhantomData;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::{Tool, ToolError, ToolSpec};
use crate::lm::BoxFuture;

/// A function with `#[tool]`. The macro implements it for a type of the function's name, of which there
/// is never a value.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a tool",
    label = "there is no function of this name with `#[tool]`",
    note = "put `#[tool]` on the function; a value is written as `&value`, or as an expression such as \
            `SimpleTool::new(…)`"
)]
pub trait ToolFunction: Send + Sync + 'static {
    /// Name, description and parameters.
    const SPEC: &'static ToolSpec;

    /// Reads the arguments and calls the function.
    fn call(arguments: Map<String, Value>) -> BoxFuture<'static, Result<String, ToolError>>;

    /// What `tools![…]` calls: written as `<search as …>::tool()`, a name that is no type is reported as
    /// such.
    #[doc(hidden)]
    #[must_use]
    fn tool() -> Arc<dyn Tool>
    where
        Self: Sized,
    {
        of::<Self>()
    }
}

/// The tool that a function with `#[tool]` is; `tools![…]` writes it shorter.
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
    Arc::new(Function::<F>(PhantomData))
}

struct Function<F>(PhantomData<F>);

impl<F: ToolFunction> Tool for Function<F> {
    fn spec(&self) -> &ToolSpec {
        F::SPEC
    }

    fn call(&self, arguments: Map<String, Value>) -> BoxFuture<'_, Result<String, ToolError>> {
        F::call(arguments)
    }
}
