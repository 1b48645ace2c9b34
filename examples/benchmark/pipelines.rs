//! What the framework takes for whole programs: a chain of 10 calls, and 4 layers of 8 calls.

use std::collections::BTreeMap;

use dashoptimize::lm::Scripted;
use dashoptimize::module::{Module, ModuleExt};
use dashoptimize::pipeline;

use crate::measure::{REPETITIONS, Sample, median, per_call};
use crate::peers::{DSPY_RS, Peer};
use crate::program::{Qa, QaInput, REPLY, inputs, program};
use crate::report::{Report, short};
use crate::{Options, single_threaded};

/// Calls of a model in one repetition, whatever the program is.
const CALLS: usize = 20_000;

/// Calls of a model in each program.
const PROGRAMS: [(&str, usize); 3] = [("call", 1), ("chain", 10), ("layered", 32)];

/// Samples by program.
type Samples = BTreeMap<String, Vec<Sample>>;

/// A program whose first calls read its inputs and whose other calls read two answers each.
macro_rules! program {
    ($name:ident: $($first:ident)* / $($call:ident = $one:ident $two:ident),* => $($last:ident)*) => {
        pipeline!(
            pub(crate) fn $name(question: String, context: String) -> Vec<String> {
                $(let $first = Predict::<Qa> { question, context };)*
                $(let $call = Predict::<Qa> { question: $one.answer, context: $two.answer };)*
                vec![$($last.answer),*]
            }
        );
    };
}

// Each call reads the answer of the one before.
program!(Chain: a / b = a a, c = b b, d = c c, e = d d, f = e e, g = f f, h = g g, i = h h, j = i i => j);

// Each call reads the answers of two calls of the layer before.
program!(Layered:
    a0 a1 a2 a3 a4 a5 a6 a7 /
    b0 = a0 a1, b1 = a1 a2, b2 = a2 a3, b3 = a3 a4,
    b4 = a4 a5, b5 = a5 a6, b6 = a6 a7, b7 = a7 a0,
    c0 = b0 b1, c1 = b1 b2, c2 = b2 b3, c3 = b3 b4,
    c4 = b4 b5, c5 = b5 b6, c6 = b6 b7, c7 = b7 b0,
    d0 = c0 c1, d1 = c1 c2, d2 = c2 c3, d3 = c3 c4,
    d4 = c4 c5, d5 = c5 c6, d6 = c6 c7, d7 = c7 c0
    => d0 d1 d2 d3 d4 d5 d6 d7
);

pub(crate) fn run(options: &Options, report: &mut Report) {
    let ours = ours();
    let theirs = options.peer(&DSPY_RS).and_then(theirs);
    print(&ours, &theirs);
    for (program, bar) in [("chain", 12.0), ("layered", 40.0)] {
        let calls = cpu(&ours[program]) / cpu(&ours["call"]);
        let what = format!("{program}: CPU time ÷ one call");
        report.at_most(&what, bar, Ok(calls));
        let ratio = |theirs: &Samples| cpu(&ours[program]) / cpu(&theirs[program]);
        let ratio = theirs.as_ref().map(ratio).map_err(Clone::clone);
        report.at_most(&format!("{program}: CPU time ÷ dspy-rs"), 0.25, ratio);
    }
}

/// The programs take turns, so that all meet the same load.
fn ours() -> Samples {
    let call = program(model(), 0);
    let (chain, layered) = (Chain::new(model()), Layered::new(model()));
    let chain_input = |QaInput { question, context }| ChainInput { question, context };
    let layered_input = |QaInput { question, context }| LayeredInput { question, context };
    let mut samples = Samples::new();
    for repetition in 0..=REPETITIONS {
        let turn = [
            sample(&call, 1, |input| input),
            sample(&chain, 10, chain_input),
            sample(&layered, 32, layered_input),
        ];
        // The first one warms up.
        if repetition > 0 {
            for ((program, _), sample) in PROGRAMS.into_iter().zip(turn) {
                samples.entry(program.to_owned()).or_default().push(sample);
            }
        }
    }
    samples
}

fn model() -> Scripted {
    Scripted::new(|_| REPLY)
}

/// Runs a program of so many calls, each time with another input.
pub(crate) fn sample<P: Module>(
    program: &P,
    calls: usize,
    input: impl Fn(QaInput) -> P::Input,
) -> Sample {
    let runs = CALLS / calls;
    let inputs: Vec<P::Input> = inputs(runs).into_iter().map(input).collect();
    let runtime = single_threaded();
    per_call(runs, || {
        runtime.block_on(async {
            for input in inputs {
                let output = program.call(input).await.expect("a scripted reply");
                std::hint::black_box(output);
            }
        });
    })
}

fn theirs(peer: &Peer) -> Result<Samples, String> {
    let mut samples = Samples::new();
    for mut line in peer.run(&["pipelines"])? {
        let program = line["program"].as_str().unwrap_or_default().to_owned();
        let sample = serde_json::from_value(line["sample"].take());
        let sample = sample.map_err(|error| error.to_string())?;
        samples.entry(program).or_default().push(sample);
    }
    match PROGRAMS
        .iter()
        .all(|(program, _)| samples.contains_key(*program))
    {
        true => Ok(samples),
        false => Err("its harness left out results".to_owned()),
    }
}

fn print(ours: &Samples, theirs: &Result<Samples, String>) {
    let mut rows = Vec::new();
    for (program, _) in PROGRAMS {
        rows.push(row(program, "dashoptimize", ours));
        rows.push(match theirs {
            Ok(theirs) => row(program, DSPY_RS.name, theirs),
            Err(reason) => {
                let mut row = std::array::from_fn(|_| "-".to_owned());
                row[0] = program.to_owned();
                row[1] = format!("{}: {reason}", DSPY_RS.name);
                row
            }
        });
    }
    let head = [
        "program",
        "",
        "wall µs",
        "CPU µs",
        "÷ its own call",
        "allocations",
        "bytes",
    ];
    let title = "One call; a chain of 10; 4 layers of 8: in process, scripted model (medians)";
    Report::table(title, head, &rows);
}

fn row(program: &str, name: &str, samples: &Samples) -> [String; 7] {
    let of = |of: fn(&Sample) -> f64| short(median(samples[program].iter().map(of)));
    [
        program.to_owned(),
        name.to_owned(),
        of(|sample| sample.wall_us),
        of(|sample| sample.cpu_us),
        short(cpu(&samples[program]) / cpu(&samples["call"])),
        of(|sample| sample.allocations.unwrap_or(f64::NAN)),
        of(|sample| sample.bytes.unwrap_or(f64::NAN)),
    ]
}

/// The programs never wait, so their CPU time is what they take on an idle machine.
pub(crate) fn cpu(samples: &[Sample]) -> f64 {
    median(samples.iter().map(|sample| sample.cpu_us))
}
