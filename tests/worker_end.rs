//! No worker of the interpreter is left behind, however its user ends.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use dashoptimize::interpreter::Interpreter;
use serde_json::Map;
use tokio::runtime::Builder;

const WORKER: &str = env!("CARGO_BIN_EXE_interpreter-worker");

/// One operation, during which the interpreter looks at nothing else.
const BUSY: &str = "sum(range(10**13))";

/// Less than the time limit of a run, which would end a worker as well.
const SOON: Duration = Duration::from_secs(20);

/// The process that started a running one. One that has ended and is not waited for yet does not run.
fn parent(id: &str) -> Option<u32> {
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    let (_, fields) = stat.rsplit_once(')')?;
    let mut fields = fields.split_whitespace();
    fields.next().filter(|state| !matches!(*state, "Z" | "X"))?;
    fields.next()?.parse().ok()
}

fn children(of: u32) -> Vec<String> {
    let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
    names.filter(|id| parent(id) == Some(of)).collect()
}

/// The workers of this process that were started under this path.
fn workers(path: &str) -> Vec<String> {
    let mut all = children(std::process::id());
    all.retain(|id| {
        let line = std::fs::read_to_string(format!("/proc/{id}/cmdline")).unwrap_or_default();
        line.starts_with(path)
    });
    all
}

fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    let end = Instant::now() + SOON;
    while !holds() {
        assert!(Instant::now() < end, "{what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_worker_that_is_busy_ends_with_a_program_that_is_killed() {
    let mut program = Command::new(WORKER);
    let program = program.arg(BUSY).stdout(Stdio::null()).spawn();
    let mut program = program.expect("it runs");
    wait_until("no worker is started", || {
        !children(program.id()).is_empty()
    });
    let started = children(program.id());
    // It gets its code, and is busy from then on.
    std::thread::sleep(Duration::from_secs(1));
    assert_eq!(children(program.id()), started);
    program.kill().expect("it is killed");
    program.wait().expect("it ends");
    wait_until("it runs without its program", || {
        started.iter().all(|id| parent(id).is_none())
    });
}

#[test]
fn a_worker_ends_with_a_run_that_is_dropped_and_with_its_session() {
    // A path of its own, by which its processes are found.
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("worker");
    std::os::unix::fs::symlink(WORKER, &path).expect("a link");
    let name = path.to_str().expect("a plain path");
    let runtime = Builder::new_current_thread().enable_all().build();
    let runtime = runtime.expect("a runtime");
    let mut session = Interpreter::with_worker(&path).session();
    runtime.block_on(async {
        tokio::select! {
            outcome = session.run(BUSY, Map::new(), &()) => panic!("{outcome:?}"),
            () = tokio::time::sleep(Duration::from_secs(3)) => {}
        }
    });
    wait_until("it runs without its run", || workers(name).is_empty());
    runtime.block_on(async {
        let outcome = session.run("1", Map::new(), &()).await;
        outcome.expect("a new worker");
    });
    assert_eq!(workers(name).len(), 1, "it waits for more code");
    drop(runtime);
    drop(session);
    wait_until("it runs without its session", || workers(name).is_empty());
}
