//! Graphs as DOT text, the language of Graphviz.

use std::fmt::Write;

use super::{Edge, Graph, Node, NodeKind};

impl Graph {
    /// The graph in DOT. Nested programs are drawn as clusters.
    #[must_use]
    pub fn to_dot(&self) -> String {
        let mut text = format!("digraph {} {{\n", quoted(self.name));
        text.push_str("    compound=true;\n    node [fontname=\"sans-serif\"];\n");
        push(&mut text, self, "n", 1);
        text.push_str("}\n");
        text
    }
}

fn push(text: &mut String, graph: &Graph, prefix: &str, depth: usize) {
    for (index, node) in graph.nodes.iter().enumerate() {
        push_node(text, node, &format!("{prefix}{index}"), depth);
    }
    for edge in graph.edges {
        push_edge(text, graph, edge, prefix, depth);
    }
}

/// Writing to a `String` cannot fail, here and below.
fn push_node(text: &mut String, node: &Node, id: &str, depth: usize) {
    let indent = "    ".repeat(depth);
    let label = quoted(&label(node));
    match node.graph {
        Some(inner) => {
            let _ = writeln!(text, "{indent}subgraph cluster_{id} {{");
            let _ = writeln!(text, "{indent}    label={label};");
            push(text, inner, &format!("{id}_"), depth + 1);
            let _ = writeln!(text, "{indent}}}");
        }
        None => {
            let shape = shape(node.kind);
            let _ = writeln!(text, "{indent}{id} [shape={shape}, label={label}];");
        }
    }
}

fn push_edge(text: &mut String, graph: &Graph, edge: &Edge, prefix: &str, depth: usize) {
    let indent = "    ".repeat(depth);
    let from = EdgeEnd::of(graph, prefix, edge.from, Direction::Leaving);
    let to = EdgeEnd::of(graph, prefix, edge.to, Direction::Entering);
    let mut attributes = Vec::new();
    attributes.extend(from.cluster.map(|cluster| format!("ltail={cluster}")));
    attributes.extend(to.cluster.map(|cluster| format!("lhead={cluster}")));
    if !edge.label.is_empty() {
        attributes.push(format!("label={}", quoted(edge.label)));
    }
    let attributes = match attributes.is_empty() {
        true => String::new(),
        false => format!(" [{}]", attributes.join(", ")),
    };
    let _ = writeln!(text, "{indent}{} -> {}{attributes};", from.node, to.node);
}

/// Whether an edge leaves a nested graph or enters it.
#[derive(Clone, Copy)]
enum Direction {
    Entering,
    Leaving,
}

/// One end of an edge. DOT draws edges only between nodes, so an edge of a cluster is drawn to a node
/// inside the cluster and cut at the border.
struct EdgeEnd {
    node: String,
    cluster: Option<String>,
}

impl EdgeEnd {
    fn of(graph: &Graph, prefix: &str, index: usize, direction: Direction) -> Self {
        let mut node = format!("{prefix}{index}");
        let mut inner = graph.nodes.get(index).and_then(|node| node.graph);
        let cluster = inner.map(|_| format!("cluster_{node}"));
        while let Some(graph) = inner {
            let index = match direction {
                Direction::Entering => 0,
                Direction::Leaving => graph.nodes.len().saturating_sub(1),
            };
            node = format!("{node}_{index}");
            inner = graph.nodes.get(index).and_then(|node| node.graph);
        }
        Self { node, cluster }
    }
}

const fn shape(kind: NodeKind) -> &'static str {
    match kind {
        NodeKind::Input | NodeKind::Output => "ellipse",
        NodeKind::Module => "box",
        NodeKind::Code => "parallelogram",
        NodeKind::Map => "box3d",
        NodeKind::Route => "diamond",
        NodeKind::Loop => "hexagon",
        NodeKind::Fallback => "cds",
    }
}

fn label(node: &Node) -> String {
    match (node.path, node.label) {
        (path, "") => path.to_owned(),
        ("", label) => label.to_owned(),
        (path, label) => format!("{path}\n{label}"),
    }
}

fn quoted(text: &str) -> String {
    let text = text.replace('\\', "\\\\").replace('"', "\\\"");
    format!("\"{}\"", text.replace('\n', "\\n"))
}
