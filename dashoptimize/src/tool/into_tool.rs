//! `IntoTool`: what can be put into a list of tools.

use std::sync::Arc;

use super::callable::Tool;
use super::simple::SimpleTool;

/// A tool, or a shared handle to one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a tool",
    label = "this value cannot be called by a model",
    note = "put `#[tool]` on a function and write its name, give a `SimpleTool`, or implement \
            `dashoptimize::tool::Tool`; a tool with a `#[state]` is `name::with(state)`"
)]
pub trait IntoTool {
    /// The tool behind a shared handle.
    fn into_tool(self) -> Arc<dyn Tool>;
}

#[diagnostic::do_not_recommend]
impl<T: Tool> IntoTool for T {
    fn into_tool(self) -> Arc<dyn Tool> {
        Arc::new(self)
    }
}

impl<T: Tool> IntoTool for Arc<T> {
    fn into_tool(self) -> Arc<dyn Tool> {
        self
    }
}

impl<T: Tool> IntoTool for &Arc<T> {
    fn into_tool(self) -> Arc<dyn Tool> {
        Arc::<T>::clone(self)
    }
}

impl IntoTool for Arc<dyn Tool> {
    fn into_tool(self) -> Self {
        self
    }
}

impl IntoTool for &Arc<dyn Tool> {
    fn into_tool(self) -> Arc<dyn Tool> {
        Arc::clone(self)
    }
}

impl IntoTool for &SimpleTool {
    fn into_tool(self) -> Arc<dyn Tool> {
        Arc::new(self.clone())
    }
}
