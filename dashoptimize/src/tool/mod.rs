//! Tools: what a program lets a model call.
//!
//! A [`Tool`] has a [`ToolSpec`], which tells the model what it does and which arguments it takes, and
//! runs on JSON arguments. There are four ways to make one: put `#[tool]` on a function, wrap a closure
//! in a [`SimpleTool`], connect to a server that speaks the Model Context Protocol (feature `mcp`), or
//! implement the trait.
//!
//! A program holds its tools in a [`Toolbox`]. It reads the arguments that a model wrote, as tolerantly
//! as replies are read, and checks them before the call. Whatever goes wrong (an unknown tool, wrong
//! arguments, an error, a panic) becomes a [`ToolFailure`], whose text tells the model what to do.

mod argument;
mod arguments;
mod callable;
mod error;
mod excerpt;
mod failure;
mod foreign;
mod function;
mod into_tool;
#[cfg(feature = "mcp")]
mod mcp;
mod name;
mod output;
mod simple;
mod spec;
mod toolbox;

pub use arguments::ArgumentError;
pub use callable::Tool;
pub use error::ToolError;
pub(crate) use excerpt::{SHOWN, excerpt};
pub use failure::ToolFailure;
pub use function::{ToolFunction, of};
pub use into_tool::IntoTool;
#[cfg(feature = "mcp")]
pub use mcp::{McpError, McpServer};
pub use output::ToolOutput;
pub use simple::{AtOnce, Awaited, SimpleTool, ToolCall};
pub use spec::{ToolParameters, ToolSpec};
pub use toolbox::{Toolbox, ToolboxError};
