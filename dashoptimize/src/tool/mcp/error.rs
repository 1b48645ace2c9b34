//! Why a server cannot be used.

use std::time::Duration;

/// An MCP server that cannot be used. A call of one of its tools that fails later is a
/// [`ToolError`](crate::tool::ToolError).
///
/// It names a server by its program or host: addresses and errors of the transport can hold keys.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum McpError {
    /// The program cannot be started.
    #[error("the MCP server `{server}` cannot be started: {source}; is the program installed?")]
    Spawn {
        /// The program.
        server: String,
        /// What the system says.
        source: std::io::Error,
    },
    /// The address is no URL with a host.
    #[error("the address of an MCP server must be a URL such as `https://example.com/mcp`")]
    Address,
    /// It started, but it does not speak the protocol, or refuses.
    #[error("the MCP server `{server}` did not come up: {why}")]
    Start {
        /// The program, or the host.
        server: String,
        /// What went wrong.
        why: String,
    },
    /// It did not come up in time.
    #[error("`{server}` did not come up as an MCP server within {} s", .limit.as_secs())]
    TooSlow {
        /// The program, or the host.
        server: String,
        /// How long it may take.
        limit: Duration,
    },
}
