//! A program that uses a hostile server, so that a test can measure its memory and end it.
//!
//! Its arguments: what it does, the server, how that behaves, and the tool that it calls.

use std::process::Command;
use std::time::Duration;

use dashoptimize::tool::{McpServer, Toolbox};
use serde_json::json;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [what, server, behaviour, tool] = &arguments[..] else {
        panic!("four arguments");
    };
    let mut command = Command::new(server);
    command.arg(behaviour);
    let start = McpServer::spawn(command);
    if what == "start" {
        let started = tokio::time::timeout(Duration::from_secs(4), start).await;
        return report(if started.is_ok() {
            "started"
        } else {
            "no answer"
        });
    }
    let server = match start.await {
        Ok(server) => server.call_timeout(Duration::from_secs(4)),
        Err(error) => return report(&error.to_string()),
    };
    let tools = Toolbox::new(server.tools()).expect("valid tools");
    let result = tools.call(tool, json!({})).await;
    let result = result.unwrap_or_else(|failure| failure.to_string());
    match &**what {
        "measure" => report(&result),
        "exit" => {
            println!("{result}");
            std::process::exit(0);
        }
        _ => {
            println!("{result}");
            std::thread::sleep(Duration::from_secs(600));
        }
    }
}

/// Prints the largest memory so far, in kB, and the first characters of a text.
fn report(text: &str) {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let peak = peak
        .and_then(|peak| peak.trim().strip_suffix(" kB"))
        .unwrap_or("0");
    let beginning: String = text.chars().take(200).collect();
    println!("{peak} {} {beginning}", text.len());
}
