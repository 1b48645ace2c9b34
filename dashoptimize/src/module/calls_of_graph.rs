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
    let first = first.filter(|node| node.kind == NodeKind::Module);
    let least = first.map_or(0, |node| calls_of_node(node).task.least.min(1));
    CallsPerRun {
        task: Bounds {
            least,
            most: most.task.most,
        },
        reflect: most.reflect.or_none(),
    }
}

fn calls_of_node(node: &Node) -> CallsPerRun {
    match node.graph {
        Some(graph) => calls_of_graph(graph),
        None if ONE_CALL.iter().any(|name| node.label.starts_with(name)) => CallsPerRun::ONE,
        // A search in texts calls no model, and a list may be empty.
        None => CallsPerRun::UNKNOWN,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn task(labels: [&'static str; 2]) -> Bounds {
        let nodes = labels.map(|label| Node::new(label, NodeKind::Module, label));
        let input = Node::new("question", NodeKind::Input, "");
        let nodes: Vec<_> = std::iter::once(input).chain(nodes).collect();
        let graph = Box::leak(Box::new(Graph::new("Rag", nodes.leak(), &[])));
        calls_of_graph(graph).task
    }

    #[test]
    fn the_first_step_alone_is_sure() {
        assert_eq!(
            task(["Predict<Qa>", "ChainOfThought<Qa>"]),
            Bounds::new(1, 2)
        );
    }

    #[test]
    fn a_module_that_may_call_no_model_makes_no_call_sure() {
        assert_eq!(task(["Retrieve", "Predict<Qa>"]), Bounds::UNKNOWN);
        assert_eq!(task(["Predict<Qa>", "Retrieve"]), Bounds::at_least(1));
    }
}
