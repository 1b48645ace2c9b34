//! A graph as data.

use std::fmt::Write;

use sha2::{Digest, Sha256};

use super::any_node::{AnyNode, Port};
use super::plan::Plan;
use crate::graph::{Edge, Graph, Kept, Node, NodeKind};

/// The graph: the state at the entry, the nodes, and the state at the end.
pub(super) fn draw(plan: &Plan, nodes: &[AnyNode]) -> &'static Graph {
    let mut drawn = vec![Node::new("state", NodeKind::Input, "")];
    for (name, node) in plan.names.iter().zip(nodes) {
        let inner = node.node.graph();
        // The name of a graph inside is in its drawing already, where it is a pipeline's.
        let label = Kept::text(&node.facts.label);
        let shown = Node::new(Kept::text(name), node.facts.kind, label);
        drawn.push(match inner {
            Some(inner) => shown.with_graph(inner),
            None => shown,
        });
    }
    drawn.push(Node::new(
        "",
        NodeKind::Output,
        Kept::text(&plan.state_name),
    ));
    Kept::graph(&plan.name, drawn, edges(plan), &code(plan, nodes))
}

/// The edges, in the order of the nodes that they come from.
fn edges(plan: &Plan) -> Vec<Edge> {
    let outside = plan.outside();
    let (start, end) = (0, outside + 1);
    let from = |place: usize| if place == outside { start } else { place + 1 };
    let to = |place: usize| if place == outside { end } else { place + 1 };
    let mut edges = Vec::new();
    for place in std::iter::once(outside).chain(0..outside) {
        let after = plan.after[place]
            .iter()
            .map(|next| Edge::new(from(place), to(*next)));
        edges.extend(after);
        let joins = plan
            .joins
            .iter()
            .filter(|(sources, _)| sources.contains(&place));
        edges.extend(joins.map(|(_, next)| Edge::new(from(place), to(*next)).with_label("all")));
        for route in plan.routes.iter().filter(|route| route.from == place) {
            edges.extend(route.targets.iter().map(|(label, next)| {
                Edge::new(from(place), to(*next)).with_label(Kept::text(label))
            }));
        }
    }
    edges
}

/// Tells graphs apart whose nodes have the same names, so that a run is not resumed with another one.
fn code(plan: &Plan, nodes: &[AnyNode]) -> String {
    let mut text = String::new();
    let ports = |ports: &[Port]| {
        let names = ports.iter().map(|port| port.name.as_str());
        names.collect::<Vec<_>>().join(",")
    };
    // Writing to a `String` cannot fail, here and below.
    for (name, node) in plan.names.iter().zip(nodes) {
        let (facts, inner) = (&node.facts, node.node.graph());
        let (inputs, outputs) = (ports(&facts.inputs), ports(&facts.outputs));
        let inner = inner.map_or("", |graph| graph.code);
        let _ = writeln!(text, "{name} {} {inputs} {outputs} {inner}", facts.label);
    }
    for edge in edges(plan) {
        let _ = writeln!(text, "{} {} {}", edge.from, edge.to, edge.label);
    }
    for (field, reducer) in &plan.reducers {
        let _ = writeln!(text, "reducer {field} {}", reducer.name());
    }
    let (cleared, first, most) = (&plan.cleared, &plan.first_values, plan.max_steps);
    let _ = writeln!(text, "{cleared:?} {first:?} {most:?}");
    let digest = Sha256::digest(text.as_bytes());
    digest.iter().take(8).fold(String::new(), |mut code, byte| {
        let _ = write!(code, "{byte:02x}");
        code
    })
}
