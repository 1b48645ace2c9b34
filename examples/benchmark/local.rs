//! The embedded model beside the server of llama.cpp.

use std::process::Stdio;

use serde_json::Value;

use crate::Options;
use crate::measure::median;
use crate::peers::{LLAMA, Running, cargo, lines_of, workspace};
use crate::report::{Report, short};

pub(crate) fn run(options: &Options, report: &mut Report) {
    let threads = options.threads.to_string();
    let server = options
        .peer(&LLAMA)
        .and_then(|_| LLAMA.start(&[&threads]))
        .and_then(|(server, ready)| Ok((arguments(&server, &ready)?, server)));
    let mut command = cargo();
    command.args(["run", "--quiet", "--release", "-p", "examples"]);
    command.args(["--bin", "benchmark-local", "--", "--threads", &threads]);
    if let Ok((arguments, _)) = &server {
        command.args(arguments);
    }
    // It takes minutes, and says how far it is.
    let lines = lines_of(command.current_dir(workspace()).stderr(Stdio::inherit()));
    let of = |side: &str| lines_of_side(&lines, side);
    let ours = of("embedded");
    let theirs = server
        .as_ref()
        .map_err(Clone::clone)
        .and_then(|_| of("server"));

    let sides = [("dashoptimize", &ours), (LLAMA.name, &theirs)];
    let table: Vec<_> = sides
        .into_iter()
        .map(|(name, lines)| row(name, lines))
        .collect();
    let title = format!(
        "SmolLM2-135M Q4_1, {threads} threads: prompt and reply, one at a time; evaluation of 100 rows, \
         8 demos, 16 concurrently (medians)"
    );
    Report::table(&title, HEAD, &table);
    for figure in ["seconds", "cpu"] {
        let ratio = ratio(&ours, &theirs, figure);
        let what = format!("local evaluation, 100 rows, 8 demos ÷ llama.cpp, {figure}");
        report.at_most(&what, 1.2, ratio);
    }
}

const HEAD: [&str; 10] = [
    "",
    "load s",
    "cold prompt tokens/s",
    "warm prompt tokens/s",
    "reply tokens/s",
    "evaluation s",
    "CPU s",
    "tokens read, of",
    "tokens written",
    "right",
];

type Lines = Result<Vec<Value>, String>;

/// What the harness must know of the server.
fn arguments(server: &Running, ready: &Value) -> Result<Vec<String>, String> {
    let text = |name: &str| ready[name].as_str().map(str::to_owned).ok_or("no address");
    let process = server.id().to_string();
    let (weights, address) = (text("model")?, text("address")?);
    let words = [
        "--weights",
        &weights,
        "--server",
        &address,
        "--process",
        &process,
    ];
    Ok(words.map(str::to_owned).into())
}

fn lines_of_side(lines: &Lines, side: &str) -> Lines {
    let lines = lines.as_ref().map_err(Clone::clone)?;
    let of_side = lines.iter().filter(|line| line["side"] == side);
    Ok(of_side.cloned().collect())
}

/// The median over the evaluations, which took turns.
fn ratio(ours: &Lines, theirs: &Lines, figure: &str) -> Result<f64, String> {
    let figures = |lines: &Lines| {
        let lines = lines.as_ref().map_err(Clone::clone)?;
        let evaluations = lines.iter().filter(|line| line["what"] == "evaluation");
        let figures = evaluations.filter_map(|line| line[figure].as_f64());
        Ok::<_, String>(figures.collect::<Vec<_>>())
    };
    let pairs = figures(ours)?.into_iter().zip(figures(theirs)?);
    Ok(median(pairs.map(|(ours, theirs)| ours / theirs)))
}

fn row(name: &str, lines: &Lines) -> [String; 10] {
    let lines = match lines {
        Ok(lines) => lines,
        Err(reason) => return missing(name, reason),
    };
    let middle = |what: &str, of: &dyn Fn(&Value) -> f64| {
        median(lines.iter().filter(|line| line["what"] == what).map(of))
    };
    let number = |line: &Value, name: &str| line[name].as_f64().unwrap_or(f64::NAN);
    let figure = |what: &str, name: &str| middle(what, &|line| number(line, name));
    let prompt = |what: &str| {
        middle(what, &|line| {
            number(line, "input") / number(line, "seconds")
        })
    };
    let written = figure("many", "output") - figure("one", "output");
    let reply = written / (figure("many", "seconds") - figure("one", "seconds"));
    let read = middle("evaluation", &|line| {
        number(line, "input") - number(line, "cached")
    });
    let load = figure("load", "seconds");
    [
        name.to_owned(),
        // The server is loaded before it is asked.
        if load.is_nan() {
            "-".to_owned()
        } else {
            short(load)
        },
        format!("{:.0}", prompt("cold")),
        format!("{:.0}", prompt("warm")),
        format!("{reply:.0}"),
        short(figure("evaluation", "seconds")),
        short(figure("evaluation", "cpu")),
        format!("{read:.0} of {:.0}", figure("evaluation", "input")),
        format!("{:.0}", figure("evaluation", "output")),
        format!("{:.2}", figure("evaluation", "score")),
    ]
}

fn missing(name: &str, reason: &str) -> [String; 10] {
    let mut row = std::array::from_fn(|_| "-".to_owned());
    row[0] = format!("{name}: {reason}");
    row
}
