//! The embedded model beside the server of llama.cpp.

use std::process::Stdio;

use serde_json::Value;

use crate::Options;
use crate::measure::median;
use crate::peers::{LLAMA, cargo, lines_of, workspace};
use crate::report::{Report, short};

pub(crate) fn run(options: &Options, report: &mut Report) {
    let threads = options.threads.to_string();
    let (ours, theirs) = match options.peer(&LLAMA).and_then(|_| server(&threads)) {
        Ok((weights, lines)) => (harness(&threads, &["embedded", &weights]), lines),
        Err(reason) => (harness(&threads, &["embedded"]), Err(reason)),
    };
    let mut table = Vec::new();
    for (name, lines) in [("dashoptimize", &ours), (LLAMA.name, &theirs)] {
        table.push(match lines {
            Ok(lines) => row(name, lines),
            Err(reason) => missing(name, reason),
        });
    }
    let head = [
        "",
        "load s",
        "cold prompt tokens/s",
        "warm prompt tokens/s",
        "reply tokens/s",
        "evaluation s",
        "tokens read, of",
        "tokens written",
        "right",
    ];
    let title = "SmolLM2-135M Q4_1: prompt and reply, one at a time; evaluation of 100 rows, 8 demos, 16 at once (medians)";
    Report::table(title, head, &table);
    let ratio = ours.and_then(|ours| Ok(evaluation(&ours) / evaluation(&theirs?)));
    report.at_most(
        "local evaluation, 100 rows, 8 demos ÷ llama.cpp",
        1.2,
        ratio,
    );
}

type Lines = Result<Vec<Value>, String>;

/// The results of the server, and the weights that it reads.
fn server(threads: &str) -> Result<(String, Lines), String> {
    let (server, ready) = LLAMA.start(&[threads])?;
    let text = |name: &str| ready[name].as_str().map(str::to_owned).ok_or("no address");
    let lines = harness(threads, &["server", &text("address")?]);
    // It ends before the embedded model begins, and leaves it the processor.
    drop(server);
    Ok((text("model")?, lines))
}

fn harness(threads: &str, arguments: &[&str]) -> Lines {
    eprintln!("the local model: {} ...", arguments[0]);
    let mut command = cargo();
    command.args([
        "run",
        "--quiet",
        "--release",
        "-p",
        "examples",
        "--bin",
        "benchmark-local",
        "--",
    ]);
    command.args(["--threads", threads]).args(arguments);
    // It takes minutes, and says how far it is.
    lines_of(command.current_dir(workspace()).stderr(Stdio::inherit()))
}

fn row(name: &str, lines: &[Value]) -> [String; 9] {
    let middle = |what: &str, of: &dyn Fn(&Value) -> f64| {
        median(lines.iter().filter(|line| line["what"] == what).map(of))
    };
    let number = |line: &Value, name: &str| line[name].as_f64().unwrap_or(f64::NAN);
    let seconds = |what: &str| middle(what, &|line| number(line, "seconds"));
    let prompt = |what: &str| {
        middle(what, &|line| {
            number(line, "input") / number(line, "seconds")
        })
    };
    let written = |what: &str| middle(what, &|line| number(line, "output"));
    let reply = (written("many") - written("one")) / (seconds("many") - seconds("one"));
    let read = middle("evaluation", &|line| {
        number(line, "input") - number(line, "cached")
    });
    [
        name.to_owned(),
        short(seconds("load")),
        format!("{:.0}", prompt("cold")),
        format!("{:.0}", prompt("warm")),
        format!("{reply:.0}"),
        short(seconds("evaluation")),
        format!(
            "{read:.0} of {:.0}",
            middle("evaluation", &|line| number(line, "input"))
        ),
        format!("{:.0}", written("evaluation")),
        format!("{:.2}", middle("evaluation", &|line| number(line, "worth"))),
    ]
}

fn missing(name: &str, reason: &str) -> [String; 9] {
    let mut row = std::array::from_fn(|_| "-".to_owned());
    row[0] = format!("{name}: {reason}");
    row
}

fn evaluation(lines: &[Value]) -> f64 {
    let evaluations = lines.iter().filter(|line| line["what"] == "evaluation");
    median(evaluations.filter_map(|line| line["seconds"].as_f64()))
}
