//! Tools of servers that speak the Model Context Protocol, by means of its official SDK (`rmcp`).

mod connection;
mod error;
mod remote_tool;
mod result;
mod server;

pub use error::McpError;
pub use server::McpServer;
