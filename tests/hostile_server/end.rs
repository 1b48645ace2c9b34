//! No process is left behind, whatever the server does and however its user ends.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use dashoptimize::tool::McpServer;
use tokio::runtime::Builder;

use super::{HOST, SERVER, call, command, spawned};

/// Twice the stated time, for a busy machine.
const STATED: Duration = Duration::from_secs(10);

/// Whether a process runs. One that has ended and is not yet waited for does not.
fn runs(id: u32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
    let state = stat.rsplit_once(')').map(|(_, fields)| fields.trim_start());
    state.is_some_and(|state| !state.starts_with(['Z', 'X']))
}

fn assert_ended(processes: &[u32]) {
    let started = Instant::now();
    while processes.iter().any(|id| runs(*id)) {
        assert!(started.elapsed() < STATED, "they still run: {processes:?}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn ids(text: &str) -> Vec<u32> {
    let ids: Vec<u32> = serde_json::from_str(text).expect("identifiers");
    assert!(ids.iter().all(|id| runs(*id)), "they run at first: {ids:?}");
    ids
}

/// The server, and its children in its group and in others.
async fn processes(server: &McpServer) -> Vec<u32> {
    ids(&call(server, "processes").await.expect("identifiers"))
}

/// The children of this process that run the hostile server with this argument.
fn running(argument: &str) -> Vec<u32> {
    let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let ids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    ids.filter(|id| {
        let line = std::fs::read_to_string(format!("/proc/{id}/cmdline")).unwrap_or_default();
        runs(*id) && line.starts_with(SERVER) && line.split('\0').any(|part| part == argument)
    })
    .collect()
}

#[tokio::test]
async fn a_server_that_stays_ends_with_its_children() {
    let server = spawned("children").await;
    let processes = processes(&server).await;
    assert_eq!(processes.len(), 4);
    drop(server);
    tokio::task::spawn_blocking(move || assert_ended(&processes))
        .await
        .expect("all of them end");
}

#[tokio::test]
async fn a_server_that_ignores_the_signal_is_killed() {
    let mut command = Command::new("sh");
    command.args(["-c", "trap '' TERM; exec \"$0\" children", SERVER]);
    let server = McpServer::spawn(command).await.expect("it starts");
    let processes = processes(&server).await;
    drop(server);
    tokio::task::spawn_blocking(move || assert_ended(&processes))
        .await
        .expect("all of them end");
}

#[tokio::test]
async fn a_server_that_floods_and_never_reads_ends() {
    for behaviour in ["flood-pings", "flood-requests"] {
        let mut flooding = command(behaviour);
        flooding.arg(format!("end-{behaviour}"));
        let server = McpServer::spawn(flooding).await.expect("it starts");
        let processes = running(&format!("end-{behaviour}"));
        assert_eq!(processes.len(), 1);
        let _ = call(&server.clone().call_timeout(Duration::from_secs(1)), "good").await;
        drop(server);
        tokio::task::spawn_blocking(move || assert_ended(&processes))
            .await
            .expect("it ends");
    }
}

/// On a runtime that is never polled again, and does not end either.
#[test]
fn a_server_ends_without_the_runtime() {
    let runtime = Builder::new_current_thread().enable_all().build();
    let runtime = runtime.expect("a runtime");
    let processes = runtime.block_on(async {
        let server = spawned("children").await;
        processes(&server).await
    });
    assert_ended(&processes);
    drop(runtime);
}

/// The `McpServer` outlives its runtime.
#[test]
fn a_server_ends_with_the_runtime() {
    let runtime = Builder::new_current_thread().enable_all().build();
    let runtime = runtime.expect("a runtime");
    let (server, processes) = runtime.block_on(async {
        let server = spawned("children").await;
        let processes = processes(&server).await;
        (server, processes)
    });
    drop(runtime);
    let left: Vec<u32> = processes.into_iter().filter(|id| runs(*id)).collect();
    assert_eq!(left, [0; 0], "they are killed before the runtime is gone");
    drop(server);
}

#[test]
fn a_start_that_is_cancelled_leaves_nothing() {
    let runtime = Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime").block_on(async {
        let mut silent = command("silent");
        silent.arg("end-cancelled");
        let start = McpServer::spawn(silent);
        let started = tokio::time::timeout(Duration::from_millis(500), start).await;
        assert!(started.is_err(), "it does not answer");
        assert_eq!(running("end-cancelled"), [0; 0]);
    });
}

/// A program with a server and its children, and their identifiers.
fn host(what: &str) -> (Child, Vec<u32>) {
    let mut host = Command::new(HOST);
    host.args([what, SERVER, "children", "processes"])
        .stdout(Stdio::piped());
    let mut host = host.spawn().expect("it starts");
    let output = host.stdout.take().expect("it is piped");
    let mut line = String::new();
    BufReader::new(output).read_line(&mut line).expect("a line");
    let ids = serde_json::from_str(line.trim()).expect("identifiers");
    (host, ids)
}

#[test]
fn a_server_ends_with_a_program_that_exits_in_the_middle() {
    let (mut host, processes) = host("exit");
    host.wait().expect("it exits");
    assert_ended(&processes);
}

#[test]
fn a_server_ends_with_a_program_that_is_killed() {
    let (mut host, processes) = host("wait");
    host.kill().expect("it is killed");
    host.wait().expect("it ends");
    assert_ended(&processes);
}
