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

#[test]
fn a_server_inherits_only_what_is_safe() {
    let mut host = Command::new(HOST);
    host.args(["exit", SERVER, "results", "variables"])
        .env("OPENAI_API_KEY", "sk-hush")
        .env("HTTPS_PROXY", "http://user:hush@localhost")
        .env("LC_TIME", "de");
    let output = host.output().expect("the host runs").stdout;
    let variables = String::from_utf8_lossy(&output);
    let names: Vec<&str> = variables.split_whitespace().collect();
    assert!(
        names.contains(&"PATH") && names.contains(&"LC_TIME"),
        "{names:?}"
    );
    let safe = [
        "HOME",
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
    let safe = |name: &&str| safe.contains(name) || name.starts_with("LC_");
    let others: Vec<&str> = names.into_iter().filter(|name| !safe(name)).collect();
    assert_eq!(others, [""; 0]);
}

#[tokio::test]
async fn a_server_gets_what_its_command_sets() {
    let mut command = command("results");
    command.env("GIVEN", "1").env_remove("PATH");
    let server = McpServer::spawn(command).await.expect("it starts");
    let variables = call(&server, "variables").await.expect("their names");
    let has = |name: &str| variables.split(' ').any(|variable| variable == name);
    assert!(has("GIVEN") && !has("PATH"), "{variables}");
}
