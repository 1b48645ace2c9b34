//! Graphs as Mermaid text.

use std::fmt::Write;

use super::{Edge, Graph, Node, NodeKind};

impl Graph {
    /// The graph as a Mermaid flow chart. Nested programs are drawn as boxes.
    #[must_use]
    pub fn to_mermaid(&self) -> String {
        let mut text = String::from("flowchart TD\n");
        push(&mut text, self, "n", 1);
        text
    }
}

fn push(text: &mut String, graph: &Graph, prefix: &str, depth: usize) {
    for (index, node) in graph.nodes.iter().enumerate() {
        push_node(text, node, &format!("{prefix}{index}"), depth);
    }
    for edge in graph.edges {
        push_edge(text, edge, prefix, depth);
    }
}

/// Writing to a `String` cannot fail, here and below.
fn push_node(text: &mut String, node: &Node, id: &str, depth: usize) {
    let indent = "    ".repeat(depth);
    let label = label(node);
    match node.graph {
        Some(inner) => {
            let _ = writeln!(text, "{indent}subgraph {id}[\"{label}\"]");
            push(text, inner, &format!("{id}_"), depth + 1);
            let _ = writeln!(text, "{indent}end");
        }
        None => {
            let (open, close) = shape(node.kind);
            let _ = writeln!(text, "{indent}{id}{open}\"{label}\"{close}");
        }
    }
}

fn push_edge(text: &mut String, edge: &Edge, prefix: &str, depth: usize) {
    let indent = "    ".repeat(depth);
    let arrow = match edge.label {
        "" => "-->".to_owned(),
        words => format!("-->|\"{}\"|", escaped(words)),
    };
    let (from, to) = (edge.from, edge.to);
    let _ = writeln!(text, "{indent}{prefix}{from} {arrow} {prefix}{to}");
}

const fn shape(kind: NodeKind) -> (&'static str, &'static str) {
    match kind {
        NodeKind::Input | NodeKind::Output => ("([", "])"),
        NodeKind::Module => ("[", "]"),
        NodeKind::Code => ("[/", "/]"),
        NodeKind::Map => ("[[", "]]"),
        NodeKind::Route => ("{", "}"),
        NodeKind::Loop => ("{{", "}}"),
        NodeKind::Fallback => (">", "]"),
    }
}

fn label(node: &Node) -> String {
    match (node.path, node.label) {
        (path, "") => escaped(path),
        ("", label) => escaped(label),
        (path, label) => format!("{}<br/>{}", escaped(path), escaped(label)),
    }
}

fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '#' => safe.push_str("&num;"),
            '\n' => safe.push(' '),
            c => safe.push(c),
        }
    }
    safe
}
