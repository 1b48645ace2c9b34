//! Time and allocations of one call in process.

use std::collections::BTreeMap;

use dashoptimize::lm::Scripted;
use dashoptimize::module::ModuleExt;

use crate::measure::{Sample, median, per_call, repeated};
use crate::peers::{DSPY, DSPY_RS, Peer};
use crate::program::{REPLY, input, inputs, program};
use crate::report::{Report, short};
use crate::{Options, single_threaded};

const DEMOS: [usize; 4] = [0, 2, 16, 64];

/// Calls in one repetition.
const CALLS: usize = 20_000;

/// Samples by number of demos.
type Samples = BTreeMap<usize, Vec<Sample>>;

pub(crate) fn run(options: &Options, report: &mut Report) {
    let ours = ours();
    let dspy_rs = options.peer(&DSPY_RS).and_then(theirs);
    let dspy = options.peer(&DSPY).and_then(theirs);
    print(&ours, [(&DSPY_RS, &dspy_rs), (&DSPY, &dspy)]);

    let at = |samples: &Samples, demos| cpu(&samples[&demos]);
    let against = |peer: &Result<Samples, String>| {
        let peer = peer.as_ref().map_err(Clone::clone)?;
        Ok(at(&ours, 0) / at(peer, 0))
    };
    report.at_most(
        "call, 0 demos: CPU time ÷ dspy-rs",
        0.055,
        against(&dspy_rs),
    );
    report.at_most("call, 0 demos: CPU time ÷ DSPy", 0.005, against(&dspy));
    let growth = at(&ours, 64) / at(&ours, 0);
    report.at_most("call, 64 demos: CPU time ÷ at 0 demos", 1.3, Ok(growth));
    let allocations = |demos: usize| middle(&ours[&demos], |it| it.allocations).unwrap_or(f64::NAN);
    report.at_most("call, 0 demos: allocations", 9.0, Ok(allocations(0)));
    report.at_most("call, 64 demos: allocations", 9.0, Ok(allocations(64)));
}

fn ours() -> Samples {
    let runtime = single_threaded();
    let measure = |demos: usize| {
        let program = program(Scripted::new(|_| REPLY), demos);
        let output = runtime
            .block_on(program.call(input(0)))
            .expect("a scripted reply");
        assert_eq!((&*output.answer, output.confidence), ("Paris", 0.9));
        repeated(|| {
            let inputs = inputs(CALLS);
            per_call(CALLS, || {
                runtime.block_on(async {
                    for input in inputs {
                        let output = program.call(input).await.expect("a scripted reply");
                        std::hint::black_box(output);
                    }
                });
            })
        })
    };
    DEMOS
        .into_iter()
        .map(|demos| (demos, measure(demos)))
        .collect()
}

fn theirs(peer: &Peer) -> Result<Samples, String> {
    let mut samples = Samples::new();
    for mut line in peer.run(&["call"])? {
        let demos = line["demos"].as_u64().unwrap_or(0) as usize;
        let sample = serde_json::from_value(line["sample"].take());
        samples
            .entry(demos)
            .or_default()
            .push(sample.map_err(|error| error.to_string())?);
    }
    match DEMOS.iter().all(|demos| samples.contains_key(demos)) {
        true => Ok(samples),
        false => Err("its harness left out results".to_owned()),
    }
}

fn print(ours: &Samples, peers: [(&Peer, &Result<Samples, String>); 2]) {
    let mut rows = Vec::new();
    for demos in DEMOS {
        rows.push(row(
            demos,
            "dashoptimize",
            &ours[&demos],
            cpu(&ours[&demos]),
        ));
        for (peer, samples) in peers {
            match samples {
                Ok(samples) => {
                    rows.push(row(demos, peer.name, &samples[&demos], cpu(&ours[&demos])))
                }
                Err(reason) => rows.push(missing(demos, peer.name, reason)),
            }
        }
    }
    let head = [
        "demos",
        "",
        "wall µs",
        "CPU µs",
        "÷ ours",
        "allocations",
        "bytes",
    ];
    Report::table("One call in process, scripted model (medians)", head, &rows);
}

fn row(demos: usize, name: &str, samples: &[Sample], ours: f64) -> [String; 7] {
    let counted = |value: Option<f64>| value.map_or("-".to_owned(), |value| format!("{value:.0}"));
    [
        demos.to_string(),
        name.to_owned(),
        short(median(samples.iter().map(|sample| sample.wall_us))),
        short(cpu(samples)),
        short(cpu(samples) / ours),
        counted(middle(samples, |sample| sample.allocations)),
        counted(middle(samples, |sample| sample.bytes)),
    ]
}

fn missing(demos: usize, name: &str, reason: &str) -> [String; 7] {
    let mut row = std::array::from_fn(|_| "-".to_owned());
    row[0] = demos.to_string();
    row[1] = format!("{name}: {reason}");
    row
}

/// The calls never wait, so their CPU time is what they take on an idle machine.
fn cpu(samples: &[Sample]) -> f64 {
    median(samples.iter().map(|sample| sample.cpu_us))
}

fn middle(samples: &[Sample], of: impl Fn(&Sample) -> Option<f64>) -> Option<f64> {
    let values: Option<Vec<f64>> = samples.iter().map(of).collect();
    values.map(median)
}
