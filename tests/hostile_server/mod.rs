//! Servers of the Model Context Protocol that do what no server should, `program.rs`. Some are used by a
//! program of their own, `host.rs`, whose memory is measured and which is ended.

mod end;
mod listing;
mod memory;
mod results;

use std::process::Command;

use dashoptimize::tool::{McpError, McpServer, ToolFailure, Toolbox};
use serde_json::json;

const SERVER: &str = env!("CARGO_BIN_EXE_hostile-server");
const HOST: &str = env!("CARGO_BIN_EXE_hostile-server-host");

fn command(behaviour: &str) -> Command {
    let mut command = Command::new(SERVER);
    command.arg(behaviour);
    command
}

async fn spawned(behaviour: &str) -> McpServer {
    let server = McpServer::spawn(command(behaviour)).await;
    server.expect("the server starts")
}

async fn refused(behaviour: &str) -> McpError {
    let server = McpServer::spawn(command(behaviour)).await;
    server.expect_err("the server cannot be used")
}

fn names(server: &McpServer) -> Vec<String> {
    let tools = server.tools();
    tools
        .iter()
        .map(|tool| tool.spec().name.to_string())
        .collect()
}

async fn call(server: &McpServer, tool: &str) -> Result<String, ToolFailure> {
    let tools = Toolbox::new(server.tools()).expect("names that are valid and distinct");
    tools.call(tool, json!({})).await
}

/// Cargo sets its own variables for tests, which stand for the secrets of a program.
#[tokio::test]
async fn a_server_inherits_only_what_is_safe_and_what_it_is_given() {
    assert!(
        std::env::var("CARGO_MANIFEST_DIR").is_ok(),
        "there is something to inherit"
    );
    let mut command = command("results");
    command.env("GIVEN", "1").env_remove("HOME");
    let server = McpServer::spawn(command).await.expect("it starts");
    let variables = call(&server, "variables").await.expect("their names");
    let names: Vec<&str> = variables.split(' ').collect();
    assert!(
        names.contains(&"GIVEN") && names.contains(&"PATH"),
        "{names:?}"
    );
    assert!(!names.contains(&"HOME"), "it is removed: {names:?}");
    let safe = [
        "GIVEN",
        "LANG",
        "LANGUAGE",
        "LOGNAME",
        "PATH",
        "SHELL",
        "TERM",
        "TMPDIR",
        "TZ",
        "USER",
        "DASHOPTIMIZE_MCP_SERVER",
    ];
    let safe = |name: &str| safe.contains(&name) || name.starts_with("LC_");
    let others: Vec<&str> = names.into_iter().filter(|name| !safe(name)).collect();
    assert_eq!(others, [""; 0]);
}
