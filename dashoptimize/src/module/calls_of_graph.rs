//! How many calls of models a pipeline makes, by its graph.

use crate::call::{Bounds, CallsPerRun};
use crate::graph::{Graph, Node, NodeKind};

/// The modules of which the label of a node says that they make one call.
const ONE_CALL: [&str; 2] = ["Predict<", "ChainOfThought<"];

/// The calls of one run. A graph does not say how often a loop goes round, nor how many calls an agent makes.
pub(super) fn calls_of_graph(graph: &'static Graph) -> CallsPerRun {
    let has = |kinds: &[NodeKind]| graph.nodes.iter().any(|node| kinds.contains(&node.kind));
    let modules = graph
        .nodes
        .iter()
        .filter(|node| node.kind == NodeKind::Module);
    let all = modules
        .map(calls_of_node)
        .fold(CallsPerRun::NONE, CallsPerRun::plus);
    let most = match has(&[NodeKind::Loop, NodeKind::Map]) {
        true => all.times(Bounds::UNKNOWN),
        false => all,
    };
    // A step that fails ends the run, so that only the first one is sure.
    let first = graph.nodes.iter().find(|node| node.kind != NodeKind::Input);
    let starts = first.is_some_and(|node| node.kind == NodeKind::Module);
    CallsPerRun {
        task: Bounds {
            least: u64::from(starts).min(all.task.least),
            most: most.task.most,
        },
        reflect: most.reflect.or_none(),
    }
}

fn calls_of_node(node: &Node) -> CallsPerRun {
    match node.graph {
        Some(graph) => calls_of_graph(graph),
        None if ONE_CALL.iter().any(|name| node.label.starts_with(name)) => CallsPerRun::ONE,
        None => CallsPerRun {
            task: Bounds::at_least(1),
            reflect: Bounds::UNKNOWN,
        },
    }
}
