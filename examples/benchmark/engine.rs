//! Evaluation through the engine: scheduling, journal, memory; and what a program costs before its
//! first call.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use dashoptimize::call::Context;
use dashoptimize::engine::{EvaluatedRow, Run};
use dashoptimize::lm::{Gateway, OpenAi, Price, Scripted};
use dashoptimize::module::{Module, Predict};
use futures_util::{StreamExt, stream};
use serde_json::json;
use tokio::runtime::Runtime;

use crate::measure::{median, per_call, repeated, seconds};
use crate::peers::{DSPY, DSPY_RS, Peer, cargo, lines_of, output_of, sources, target, workspace};
use crate::program::{Qa, REPLY, inputs, is_right, program, rows};
use crate::report::{Report, short};
use crate::{Options, single_threaded};

/// Rows of the evaluation whose memory is taken.
const MANY: usize = 100_000;

pub(crate) fn run(options: &Options, report: &mut Report) {
    scheduling(options, report);
    rollouts(report);
    memory(report);
    start(options, report);
    crates(options, report);
}

/// 256 calls of 20 ms, 16 concurrently.
fn scheduling(options: &Options, report: &mut Report) {
    const TIME: Duration = Duration::from_millis(20);
    let runtime = Runtime::new().expect("a runtime starts");
    let run = Run::in_memory().concurrency(16);
    let program = program(Scripted::new(|_| REPLY).with_delay(TIME), 0);
    let rows = rows(256);
    let pairs = repeated(|| {
        let bare = seconds(|| {
            let sleeps = stream::iter((0..256).map(|_| tokio::time::sleep(TIME)));
            runtime.block_on(sleeps.buffer_unordered(16).collect::<Vec<()>>());
        });
        let ours = seconds(|| {
            let evaluation = runtime.block_on(run.evaluate(&program, &rows, &is_right));
            assert_eq!(
                evaluation.expect("no failures").0.measured.mean_of_scored(),
                Some(1.0)
            );
        });
        (bare, ours)
    });
    let bare = median(pairs.iter().map(|(bare, _)| *bare));
    let ours = median(pairs.iter().map(|(_, ours)| *ours));
    let ratio = median(pairs.iter().map(|(bare, ours)| ours / bare));

    let row = |name: &str, time: f64| [name.to_owned(), short(time * 1e3), short(time / bare)];
    let mut table = vec![
        row("bare sleeps, buffer_unordered(16)", bare),
        row("dashoptimize", ours),
    ];
    for peer in [&DSPY_RS, &DSPY] {
        table.push(match options.peer(peer).and_then(evaluation) {
            Ok(time) => row(peer.name, time),
            Err(reason) => [
                format!("{}: {reason}", peer.name),
                "-".to_owned(),
                "-".to_owned(),
            ],
        });
    }
    Report::table(
        "256 calls of 20 ms, 16 concurrently (medians)",
        ["", "ms", "÷ bare"],
        &table,
    );
    report.at_most("256 calls of 20 ms ÷ bare sleeps", 1.02, Ok(ratio));
}

fn evaluation(peer: &Peer) -> Result<f64, String> {
    let lines = peer.run(&["evaluation"])?;
    if lines.iter().any(|line| line["score"].as_f64() != Some(1.0)) {
        return Err("its evaluator failed on rows".to_owned());
    }
    Ok(median(
        lines.iter().filter_map(|line| line["seconds"].as_f64()),
    ))
}

/// What the engine adds to a call, with the journal on.
fn rollouts(report: &mut Report) {
    const ROWS: usize = 20_000;
    let runtime = single_threaded();
    let program = program(Scripted::new(|_| REPLY), 0);
    let rows = rows(ROWS);
    let pairs = repeated(|| {
        let inputs = inputs(ROWS);
        let direct = per_call(ROWS, || runtime.block_on(call_each(&program, inputs)));
        let folder = tempfile::tempdir().expect("a folder for temporary files");
        let run = Run::folder(folder.path());
        let engine = per_call(ROWS, || {
            let each = |row: EvaluatedRow<_>| assert!(row.score().is_some(), "{:?}", row.outcome());
            let evaluation = run.evaluate_each(&program, &rows, &is_right, each);
            runtime.block_on(evaluation).expect("no failures");
        });
        (direct, engine)
    });
    let added = |of: fn(&crate::measure::Sample) -> f64| {
        median(pairs.iter().map(|(direct, engine)| of(engine) - of(direct)))
    };
    let (wall, cpu) = (added(|it| it.wall_us), added(|it| it.cpu_us));
    let allocations = added(|it| it.allocations.unwrap_or(f64::NAN));
    let bytes = added(|it| it.bytes.unwrap_or(f64::NAN));
    let row = [short(wall), short(cpu), short(allocations), short(bytes)];
    let head = ["wall µs", "CPU µs", "allocations", "bytes"];
    let title = "What the engine adds to a call, journal on, 20,000 rows (medians)";
    Report::table(title, head, &[row]);
    report.at_most("engine per rollout, journal on: CPU µs", 10.0, Ok(cpu));
    report.at_most("engine per rollout, journal on: wall µs", 10.0, Ok(wall));
}

/// The program's calls alone, through a gateway without a run.
async fn call_each(program: &Predict<Qa>, inputs: Vec<<Predict<Qa> as Module>::Input>) {
    let gateway = Gateway::direct();
    for input in inputs {
        let output = program.forward(&Context::new(&gateway), input).await;
        std::hint::black_box(output.expect("a scripted reply"));
    }
}

/// Peak memory of an evaluation over the memory of its data set, in a process of its own.
fn memory(report: &mut Report) {
    let peaks = repeated(|| {
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
        let lines = lines_of(child("memory")?.arg("--folder").arg(folder.path()))?;
        let line = lines.first().ok_or("the child process says nothing")?;
        let mib = |name: &str| {
            line[name]
                .as_f64()
                .map(|kib| kib / 1024.0)
                .ok_or("no memory figure")
        };
        Ok::<_, String>((mib("data_kib")?, mib("peak_kib")?))
    });
    let peaks: Result<Vec<_>, String> = peaks.into_iter().collect();
    let over = peaks.map(|peaks| {
        let data = median(peaks.iter().map(|(data, _)| *data));
        let over = median(peaks.iter().map(|(data, peak)| peak - data));
        let title = "Memory of an evaluation of 100,000 rows, journal on (medians)";
        let row = [short(data), short(over)];
        Report::table(
            title,
            [
                "MiB of the process with its data set",
                "MiB over it at the peak",
            ],
            &[row],
        );
        over
    });
    report.at_most("memory of 100,000 rows over the data set: MiB", 64.0, over);
}

/// The child process of [`memory`].
pub(crate) fn memory_child(folder: &Path) {
    let program = program(Scripted::new(|_| REPLY), 0);
    let rows = rows(MANY);
    let data = status_kib("VmRSS:");
    let run = Run::folder(folder);
    let evaluation = run.evaluate_each(&program, &rows, &is_right, |_| ());
    single_threaded().block_on(evaluation).expect("no failures");
    println!(
        "{}",
        json!({ "data_kib": data, "peak_kib": status_kib("VmHWM:") })
    );
}

/// A figure of this process, where the system tells.
fn status_kib(name: &str) -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace().next()?.parse().ok()
}

/// From the start of a process to its end, with a program and an HTTP client made in between.
fn start(options: &Options, report: &mut Report) {
    let ours = started(|| child("start"));
    let mut table = Vec::new();
    let theirs = [&DSPY_RS, &DSPY].map(|peer| {
        let start = options.peer(peer).and_then(|peer| {
            started(|| {
                let mut command = peer.command()?;
                command.arg("start");
                Ok(command)
            })
        });
        (peer.name, start)
    });
    for (name, time) in [("dashoptimize", ours.clone())].into_iter().chain(theirs) {
        table.push(match time {
            Ok(time) => [name.to_owned(), short(time)],
            Err(reason) => [format!("{name}: {reason}"), "-".to_owned()],
        });
    }
    let title =
        "A process that makes a program of 8 demos and an HTTP client, start to end (medians)";
    Report::table(title, ["", "ms"], &table);
    report.at_most("start of a program: ms", 10.0, ours);
}

fn started(command: impl Fn() -> Result<Command, String>) -> Result<f64, String> {
    let mut failure = None;
    let times = repeated(|| {
        seconds(|| {
            let output = command().and_then(|mut command| output_of(&mut command));
            failure = output.err().or(failure.take());
        })
    });
    match failure {
        Some(failure) => Err(failure),
        None => Ok(median(times) * 1e3),
    }
}

/// The child process of [`start`].
pub(crate) fn start_child() {
    let client = OpenAi::builder("fixed")
        .base_url("http://127.0.0.1:9/v1")
        .price(Price::FREE);
    std::hint::black_box(program(client.build().expect("the settings are right"), 8));
}

fn child(name: &str) -> Result<Command, String> {
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let mut command = Command::new(program);
    command.args(["--child", name]);
    Ok(command)
}

/// The crates that come with the default features, for the library and its build.
fn crates(options: &Options, report: &mut Report) {
    let ours = tree(&workspace().join("Cargo.toml"), "dashoptimize");
    let dspy_rs = options
        .peer(&DSPY_RS)
        .and_then(|_| tree(&sources().join("dspy-rs/Cargo.toml"), "dspy-rs"));
    let cell = |count: &Result<f64, String>| match count {
        Ok(count) => count.to_string(),
        Err(reason) => reason.clone(),
    };
    let table = [
        ["dashoptimize".to_owned(), cell(&ours)],
        [DSPY_RS.name.to_owned(), cell(&dspy_rs)],
    ];
    Report::table("Crates of the default features", ["", "crates"], &table);
    report.at_most("crates of the default features", 150.0, ours);
}

fn tree(manifest: &Path, package: &str) -> Result<f64, String> {
    let mut tree = cargo();
    tree.args([
        "tree",
        "--locked",
        "--prefix=none",
        "--edges=normal,build",
        "--format={p}",
    ]);
    tree.args(["--package", package, "--manifest-path"])
        .arg(manifest);
    let text = output_of(tree.env("CARGO_TARGET_DIR", target().join("tree")))?;
    let names = text
        .lines()
        .map(|line| line.split(' ').take(2).collect::<Vec<_>>());
    let crates: BTreeSet<_> = names.filter(|name| name.len() == 2).collect();
    // The package itself is not one of its dependencies.
    Ok((crates.len() - 1) as f64)
}
