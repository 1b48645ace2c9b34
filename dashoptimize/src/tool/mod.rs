//! Tools: what a program lets a model call.
//!
//! A [`Tool`] says of itself what a model must know ([`ToolSpec`]) and runs on JSON arguments. There
//! are four ways to one: `#[tool]` on a function, a [`SimpleTool`] around a closure, a server that
//! speaks MCP (feature `mcp`), or an impl of the trait.
//!
//! A [`Toolbox`] is what a program holds. It reads the arguments that a model wrote, as tolerantly as
//! replies are read, checks them before the call, and turns whatever goes wrong (an invented name, bad
//! arguments, an error, a panic) into a [`ToolFailure`], whose text tells the model what to do.

mod arguments;
mod error;
mod failure;
mod foreign;
mod function;
mod into_tool;
#[cfg(feature = "mcp")]
mod mcp;
mod output;
mod simple;
mod spec;
mod toolbox;

pub use arguments::ArgumentError;
pub use error::ToolError;
pub use failure::ToolFailure;
pub use function::{ToolFunction, of};
pub use into_tool::IntoTool;
#[cfg(feature = "mcp")]
pub use mcp::{McpError, McpServer};
pub use output::ToolOutput;
pub use simple::SimpleTool;
pub use spec::{Parameters, ToolSpec};
pub use toolbox::{Toolbox, ToolboxError};

use serde_json::{Map, Value};

use crate::lm::BoxFuture;

/// Something that a model can call.
///
/// Calls may run at once. For optimization, let the result depend on the arguments alone: a rerun reads
/// the replies of models from the journal, but it calls tools again.
pub trait Tool: Send + Sync + 'static {
    /// Name, description and parameters.
    fn spec(&self) -> &ToolSpec;

    /// Runs the tool. A [`Toolbox`] gives it arguments that were checked against the spec: none is
    /// missing or unknown, and each has its type.
    ///
    /// # Errors
    ///
    /// Where the tool fails. The program goes on, and the model is told.
    fn call(&self, arguments: Map<String, Value>) -> BoxFuture<'_, Result<String, ToolError>>;
}
