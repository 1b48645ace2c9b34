//! What a node of a `StateGraph` takes beside one of a `pipeline!`: chains of 10 nodes.

use std::collections::BTreeMap;

use dashoptimize::lm::{Lm, Scripted};
use dashoptimize::module::{CompiledGraph, END, IntoNode, LLMNode, NodeFn, Predict, StateGraph};
use dashoptimize::pipeline;
use dashoptimize::signature::Signature;
use serde::{Deserialize, Serialize};

use crate::measure::{REPETITIONS, Sample, median};
use crate::pipelines::{Chain, ChainInput, cpu, sample};
use crate::program::{Qa, QaInput, REPLY, program};
use crate::report::{Report, short};

/// Nodes of each chain.
const NODES: usize = 10;

/// The programs; the first of a pair is the pipeline.
const PROGRAMS: [&str; 6] = [
    "one call",
    "pipeline! of modules",
    "StateGraph of modules",
    "StateGraph of LLMNodes",
    "pipeline! of functions",
    "StateGraph of functions",
];

/// The state of the graphs.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct State {
    question: String,
    context: String,
    answer: String,
    confidence: f64,
}

impl From<QaInput> for State {
    fn from(QaInput { question, context }: QaInput) -> Self {
        Self {
            question,
            context,
            answer: String::new(),
            confidence: 0.0,
        }
    }
}

fn surer(mut state: State) -> State {
    state.confidence += 0.01;
    state
}

pipeline!(
    fn Surer(state: State) -> State {
        let a = surer(state);
        let b = surer(a);
        let c = surer(b);
        let d = surer(c);
        let e = surer(d);
        let f = surer(e);
        let g = surer(f);
        let h = surer(g);
        let i = surer(h);
        surer(i)
    }
);

pub(crate) fn run(report: &mut Report) {
    let samples = samples();
    let per_node = |name: &str| cpu(&samples[name]) / NODES as f64;
    let pipeline = per_node("pipeline! of modules");
    for name in ["StateGraph of modules", "StateGraph of LLMNodes"] {
        let ratio = per_node(name) / pipeline;
        report.at_most(
            &format!("{name}: CPU time of a node ÷ pipeline!"),
            2.0,
            Ok(ratio),
        );
    }
    print(&samples);
}

/// The programs take turns, so that all meet the same load.
fn samples() -> BTreeMap<&'static str, Vec<Sample>> {
    let lm = Lm::new(Scripted::new(|_| REPLY));
    let (call, chain) = (program(lm.clone(), 0), Chain::new(lm.clone()));
    let modules = graph(|| Predict::<Qa>::new(&lm));
    let nodes = graph(|| LLMNode::<State>::new(Qa::SPEC.clone(), &lm, "node"));
    let functions = graph(|| NodeFn::writes(["confidence"], surer));
    let surer = Surer::new(lm);
    let mut samples: BTreeMap<&str, Vec<Sample>> = BTreeMap::new();
    for repetition in 0..=REPETITIONS {
        let turn = [
            sample(&call, 1, |input| input),
            sample(&chain, NODES, |QaInput { question, context }| ChainInput {
                question,
                context,
            }),
            sample(&modules, NODES, State::from),
            sample(&nodes, NODES, State::from),
            sample(&surer, NODES, |input| SurerInput {
                state: input.into(),
            }),
            sample(&functions, NODES, State::from),
        ];
        // The first one warms up.
        if repetition > 0 {
            for (name, sample) in PROGRAMS.into_iter().zip(turn) {
                samples.entry(name).or_default().push(sample);
            }
        }
    }
    samples
}

/// A chain of 10 such nodes.
fn graph<K, N: IntoNode<State, K>>(node: impl Fn() -> N) -> CompiledGraph<State> {
    let mut graph = StateGraph::<State>::new("Chain");
    // The functions count on from the value at the start.
    graph.first_value("confidence", 0.0);
    let names: Vec<String> = (0..NODES).map(|number| format!("node{number}")).collect();
    for name in &names {
        graph.add_node(name, node());
    }
    for pair in names.windows(2) {
        graph.add_edge(pair[0].as_str(), &pair[1]);
    }
    graph
        .set_entry_point(&names[0])
        .add_edge(names[NODES - 1].as_str(), END);
    graph.compile().expect("the graph is sound")
}

fn print(samples: &BTreeMap<&'static str, Vec<Sample>>) {
    let rows = PROGRAMS.map(|name| {
        let samples = &samples[name];
        let nodes = if name == "one call" {
            1.0
        } else {
            NODES as f64
        };
        let of = |of: fn(&Sample) -> f64| median(samples.iter().map(of)) / nodes;
        [
            name.to_owned(),
            short(of(|sample| sample.wall_us)),
            short(of(|sample| sample.cpu_us)),
            short(of(|sample| sample.allocations.unwrap_or(f64::NAN))),
            short(of(|sample| sample.bytes.unwrap_or(f64::NAN))),
        ]
    });
    let head = ["program", "wall µs", "CPU µs", "allocations", "bytes"];
    let title = "A node of a chain of 10, with its call: in process, scripted model (medians)";
    Report::table(title, head, &rows);
}
