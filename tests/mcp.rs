//! Tools of a real MCP server process, `mcp_server.rs`.

use std::io::Read;
use std::net::TcpListener;
use std::process::Stdio;
use std::time::Duration;

use dashoptimize::tool::{McpError, McpServer, ToolFailure, Toolbox};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

const SERVER: &str = env!("CARGO_BIN_EXE_mcp-server");
const TOKEN: &str = "an-mcp-test-token-0123456789";

async fn spawned() -> McpServer {
    let server = McpServer::spawn(std::process::Command::new(SERVER)).await;
    server.expect("the server comes up")
}

fn toolbox(server: &McpServer) -> Toolbox {
    Toolbox::new(server.tools()).expect("distinct names")
}

async fn call(server: &McpServer, name: &str, arguments: Value) -> Result<String, ToolFailure> {
    toolbox(server).call(name, arguments).await
}

#[tokio::test]
async fn the_tools_of_a_server_process_are_tools() {
    let server = spawned().await;
    let toolbox = toolbox(&server);
    let names: Vec<&str> = toolbox.specs().map(|spec| &*spec.name).collect();
    assert_eq!(
        names,
        ["add", "notes_list", "fail", "refuse", "hang", "crash"],
        "of both pages, with names that providers take"
    );
    let add = toolbox.get("add").expect("it is there").spec();
    assert_eq!(add.description, "To add.");
    assert_eq!(
        add.json_schema()["properties"]["a"],
        json!({"type": "integer"})
    );
    let sum = call(&server, "add", json!({"a": 20, "b": "22"})).await;
    assert_eq!(sum.expect("a sum"), "42");
    let notes = call(&server, "notes_list", json!({"tag": "todo"})).await;
    assert_eq!(
        notes.expect("structured content"),
        r#"{"got":{"tag":"todo"}}"#
    );
}

#[tokio::test]
async fn what_goes_wrong_in_the_server_is_an_observation() {
    let server = spawned().await;
    let said = async |name, arguments| {
        let called = call(&server, name, arguments).await;
        called.expect_err("the call fails").to_string()
    };
    assert_eq!(
        said("fail", json!({})).await,
        "`fail` failed: the abacus is broken"
    );
    let refused = said("refuse", json!({})).await;
    assert!(
        refused.starts_with("`refuse` failed: ") && refused.contains("not today"),
        "{refused}"
    );
    assert_eq!(
        said("add", json!({"a": 1, "c": 2})).await,
        "the arguments of `add` cannot be used: `b` is missing; `c` is not an argument, did you \
         mean `a`?; `add` takes `a` and `b`",
        "it does not reach the server"
    );
    let crashed = said("crash", json!({})).await;
    assert!(crashed.starts_with("`crash` failed: "), "{crashed}");
    let gone = said("add", json!({"a": 1, "b": 2})).await;
    assert!(gone.starts_with("`add` failed: "), "{gone}");
}

#[tokio::test]
async fn a_call_without_an_answer_ends() {
    let server = spawned().await.call_timeout(Duration::from_secs(7));
    // From here on, time advances whenever all tasks wait.
    tokio::time::pause();
    let error = call(&server, "hang", json!({}))
        .await
        .expect_err("no answer");
    assert_eq!(error.to_string(), "`hang` failed: no answer within 7s");
    tokio::time::resume();
    let sum = call(&server, "add", json!({"a": 1, "b": 2})).await;
    assert_eq!(sum.expect("the server is still there"), "3");
}

#[tokio::test]
async fn a_process_ends_with_the_last_of_its_tools() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    let address = listener.local_addr().expect("it is bound").to_string();
    let mut command = std::process::Command::new(SERVER);
    command.env("MCP_TEST_ALIVE", address);
    let server = McpServer::spawn(command)
        .await
        .expect("the server comes up");
    let (mut alive, _) = listener.accept().expect("the process connects");
    let tools = server.tools();
    drop(server);
    let toolbox = Toolbox::new(tools).expect("distinct names");
    let sum = toolbox.call("add", json!({"a": 1, "b": 2})).await;
    assert_eq!(sum.expect("a tool keeps the process"), "3");
    drop(toolbox);
    let ended = tokio::task::spawn_blocking(move || alive.read(&mut [0]));
    let read = ended.await.expect("it does not panic");
    assert_eq!(read.expect("the connection ends with the process"), 0);
}

#[tokio::test]
async fn what_is_no_server_says_so() {
    let missing = McpServer::spawn(std::process::Command::new("no-such-program-here")).await;
    let error = missing.expect_err("there is none");
    assert!(matches!(error, McpError::Spawn { .. }), "{error}");
    assert!(
        error
            .to_string()
            .starts_with("the MCP server `no-such-program-here` cannot be started")
    );
    let mut command = std::process::Command::new(SERVER);
    command.arg("--silent");
    // From here on, time advances whenever all tasks wait.
    tokio::time::pause();
    let error = McpServer::spawn(command).await.expect_err("no protocol");
    assert_eq!(
        error.to_string(),
        format!("the MCP server `{SERVER}` was not ready within 30 s")
    );
}

/// The server over HTTP. It ends when the value is dropped.
struct HttpServer {
    _process: Child,
    port: u16,
}

async fn http_server() -> HttpServer {
    let mut command = Command::new(SERVER);
    command
        .arg("--http")
        .stdout(Stdio::piped())
        .kill_on_drop(true);
    let mut process = command.spawn().expect("the server starts");
    let output = process.stdout.take().expect("it is piped");
    let line = BufReader::new(output).lines().next_line().await;
    let port = line
        .expect("an output")
        .expect("a line")
        .parse()
        .expect("a port");
    HttpServer {
        _process: process,
        port,
    }
}

#[tokio::test]
async fn the_tools_of_a_server_over_http_are_tools() {
    let http = http_server().await;
    let url = format!("http://127.0.0.1:{}/mcp?key=hush", http.port);
    let server = McpServer::connect_with_token(&url, TOKEN).await;
    let server = server.expect("the server comes up");
    let tools = Toolbox::new(server.tools_with_prefix("calc-")).expect("distinct names");
    let sum = tools.call("calc-add", json!({"a": 20, "b": 22})).await;
    assert_eq!(sum.expect("a sum"), "42");
    let error = tools
        .call("calc-fail", json!({}))
        .await
        .expect_err("it fails");
    assert_eq!(
        error.to_string(),
        "`calc-fail` failed: the abacus is broken"
    );
    drop(http);
    let error = tools
        .call("calc-add", json!({"a": 1, "b": 2}))
        .await
        .expect_err("it is gone");
    assert!(!error.to_string().contains("hush"), "{error}");
}

#[tokio::test]
async fn i13_neither_address_nor_token_is_shown() {
    let http = http_server().await;
    let url = format!("http://127.0.0.1:{}/mcp?key=hush", http.port);
    let refused = McpServer::connect_with_token(&url, "hush-hush").await;
    let nobody = McpServer::connect("http://127.0.0.1:9/mcp?key=hush").await;
    let nowhere = McpServer::connect("hush").await;
    for error in [refused, nobody, nowhere].map(|server| server.expect_err("no server")) {
        assert!(!error.to_string().contains("hush"), "{error}");
        assert!(!format!("{error:?}").contains("hush"), "{error:?}");
    }
}
