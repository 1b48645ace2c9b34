//! Graphs that are made while the program runs.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::{Edge, Graph, Node};

/// What was made so far.
#[derive(Default)]
struct Store {
    texts: BTreeSet<&'static str>,
    graphs: Vec<&'static Graph>,
}

static STORE: Mutex<Store> = Mutex::new(Store {
    texts: BTreeSet::new(),
    graphs: Vec::new(),
});

/// Makes data that lives as long as the process, as the const data of a pipeline does. Equal data is kept once, so
/// the memory that is kept grows with the number of different graphs that were looked at.
pub(crate) struct Kept;

impl Kept {
    /// This text.
    pub(crate) fn text(text: &str) -> &'static str {
        Self::text_in(&mut store(), text)
    }

    /// A graph of these nodes and edges, with the hash of what it does.
    pub(crate) fn graph(
        name: &str,
        nodes: Vec<Node>,
        edges: Vec<Edge>,
        code: &str,
    ) -> &'static Graph {
        let mut store = store();
        let is_it = |graph: &&&'static Graph| {
            let same = (graph.name, graph.code) == (name, code);
            same && graph.nodes == nodes && graph.edges == edges
        };
        if let Some(graph) = store.graphs.iter().find(is_it) {
            return graph;
        }
        let (name, code) = (
            Self::text_in(&mut store, name),
            Self::text_in(&mut store, code),
        );
        let graph = Graph::new(name, nodes.leak(), edges.leak()).with_code(code);
        let graph: &'static Graph = Box::leak(Box::new(graph));
        store.graphs.push(graph);
        graph
    }

    fn text_in(store: &mut Store, text: &str) -> &'static str {
        if let Some(kept) = store.texts.get(text) {
            return kept;
        }
        let kept: &'static str = text.to_owned().leak();
        store.texts.insert(kept);
        kept
    }
}

fn store() -> MutexGuard<'static, Store> {
    STORE.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::NodeKind;

    #[test]
    fn equal_graphs_are_kept_once() {
        let graph = |label: &str| {
            let label = Kept::text(label);
            let nodes = vec![Node::new("only", NodeKind::Code, label)];
            Kept::graph("Kept", nodes, vec![Edge::new(0, 0)], "")
        };
        assert!(std::ptr::eq(graph("one"), graph("one")));
        assert_ne!(graph("one"), graph("other"));
    }
}
