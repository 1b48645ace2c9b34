//! Graphs as DOT text, the language of Graphviz.

use std::fmt::Write;

use super::{Graph, Node, NodeKind};

impl Graph {
    /// The graph in DOT; nested programs are clusters in it.
    #[must_use]
    pub fn to_dot(&self) -> String {
        let mut text = format!("digraph {} {{\n", quoted(self.name));
        text.push_str("    compound=true;\n    node [fontname=\"sans-serif\"];\n");
        push(&mut text, self, "n", 1);
        text.push_str("}\n");
        text
    }
}

/// Writing to a `String` cannot fail, here and below.
fn push(text: &mut String, graph: &Graph, prefix: &str, depth: usize) {
    let indent = "    ".repeat(depth);
    for (index, node) in graph.nodes.iter().enumerate() {
        let id = format!("{prefix}{index}");
        match node.graph {
            Some(inner) => {
                let _ = writeln!(text, "{indent}subgraph cluster_{id} {{");
                let _ = writeln!(text, "{indent}    label={};", quoted(&label(node)));
                push(text, inner, &format!("{id}_"), depth + 1);
                let _ = writeln!(text, "{indent}}}");
            }
            None => {
                let words = quoted(&label(node));
                let _ = writeln!(
                    text,
                    "{indent}{id} [shape={}, label={words}];",
                    shape(node.kind)
                );
            }
        }
    }
    for edge in graph.edges {
        let from = End::of(graph, prefix, edge.from, Side::Leaving);
        let to = End::of(graph, prefix, edge.to, Side::Entering);
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
}

/// On which side of a nested graph an edge ends.
#[derive(Clone, Copy)]
enum Side {
    Entering,
    Leaving,
}

/// An end of an edge. DOT draws edges between nodes only, so an edge of a cluster goes to a node
/// inside it and is cut at its border.
struct End {
    node: String,
    cluster: Option<String>,
}

impl End {
    fn of(graph: &Graph, prefix: &str, index: usize, side: Side) -> Self {
        let mut node = format!("{prefix}{index}");
        let mut inner = graph.nodes.get(index).and_then(|node| node.graph);
        let cluster = inner.map(|_| format!("cluster_{node}"));
        while let Some(graph) = inner {
            let index = match side {
                Side::Entering => 0,
                Side::Leaving => graph.nodes.len().saturating_sub(1),
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
