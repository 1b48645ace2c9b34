//! `McpError`: why a server cannot be used.

use std::time::Duration;

use crate::error_text::debug_is_message;

/// Why an MCP server cannot be used. A call of one of its tools that fails later is a
/// [`ToolError`](crate::tool::ToolError).
///
/// It names a server by its program or host only, because addresses and errors of the transport can
/// contain keys.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum McpError {
    /// The program cannot be started.
    #[error("the MCP server `{server}` cannot be started: {cause}; is the program installed?")]
    Spawn {
        /// The program.
        server: String,
        /// The error of the operating system.
        cause: std::io::Error,
    },
    /// The address is not a URL with a host.
    #[error("the address of an MCP server must be a URL such as `https://example.com/mcp`")]
    Address,
    /// The server started, but does not speak the protocol or refuses the connection.
    #[error("cannot connect to the MCP server `{server}`: {why}")]
    Start {
        /// The program, or the host.
        server: String,
        /// What went wrong.
        why: String,
    },
    /// The server was not ready in time.
    #[error("the MCP server `{server}` was not ready within {} s", .limit.as_secs())]
    TooSlow {
        /// The program, or the host.
        server: String,
        /// The time limit.
        limit: Duration,
    },
}

debug_is_message!(McpError);
