//! The graph and its drawings.

use std::path::Path;

use dashoptimize::graph::NodeKind;

use crate::support::pipelines::{Outer, Polish, Rag};

/// `BLESS=1` writes the drawings anew; look at them before they are kept.
fn assert_drawing(name: &str, drawing: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("pipeline/drawings");
    let path = folder.join(name);
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, drawing).expect("the drawing can be written");
    }
    let kept = std::fs::read_to_string(&path).expect("the drawing is there");
    assert_eq!(
        drawing, kept,
        "{name} changed; look at it, then run with BLESS=1"
    );
}

#[test]
fn a_graph_is_const_data() {
    const NODES: usize = Rag::GRAPH.nodes.len();
    // Two inputs, the query, the search, the head of the map and what is in it, the head of the route
    // and its two branches, the code at the end, the output.
    assert_eq!(NODES, 11);
    let kinds: Vec<NodeKind> = Rag::GRAPH.nodes.iter().map(|node| node.kind).collect();
    let modules = kinds.iter().filter(|kind| **kind == NodeKind::Module);
    assert_eq!(modules.count(), 4);
}

#[test]
fn the_mermaid_drawing_is_as_kept() {
    assert_drawing("rag.mmd", &Rag::GRAPH.to_mermaid());
    assert_drawing("polish.mmd", &Polish::GRAPH.to_mermaid());
}

#[test]
fn the_dot_drawing_is_as_kept() {
    assert_drawing("outer.dot", &Outer::GRAPH.to_dot());
}

#[test]
fn every_edge_joins_two_nodes_and_only_a_loop_goes_back() {
    for graph in [Rag::GRAPH, Polish::GRAPH, Outer::GRAPH] {
        for edge in graph.edges {
            assert!(edge.from < graph.nodes.len() && edge.to < graph.nodes.len());
            assert!(
                edge.from < edge.to || edge.label == "again",
                "{}: {edge:?}",
                graph.name
            );
        }
    }
}
