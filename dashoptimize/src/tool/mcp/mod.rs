//! Tools of servers that speak the Model Context Protocol, by means of its official SDK (`rmcp`).

mod bounded;
mod connection;
mod environment;
mod error;
mod limits;
mod listing;
mod pipes;
mod process;
mod remote_tool;
mod result;
mod server;

pub use error::McpError;
pub use server::McpServer;
