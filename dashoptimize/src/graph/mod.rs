//! Graphs of programs as const data, and their drawings as text.
//!
//! `pipeline!` gives each program its [`Graph`], as `Rag::GRAPH`.

mod dot;
mod kept;
mod mermaid;

pub(crate) use kept::Kept;

/// The graph of a program: its parts, and what flows from one to another.
///
/// It is drawn with [`to_mermaid`](Self::to_mermaid) and [`to_dot`](Self::to_dot).
///
/// ```
/// use dashoptimize::graph::{Edge, Graph, Node, NodeKind};
///
/// const GRAPH: Graph = Graph::new(
///     "Shout",
///     &[
///         Node::new("text", NodeKind::Input, ""),
///         Node::new("loud", NodeKind::Code, "to_uppercase"),
///         Node::new("", NodeKind::Output, "output"),
///     ],
///     &[Edge::new(0, 1), Edge::new(1, 2)],
/// );
/// assert!(GRAPH.to_mermaid().contains("n0 --> n1"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Graph {
    /// The name of the program.
    pub name: &'static str,
    /// The nodes: inputs first, then steps in the order of the source, and the output last.
    pub nodes: &'static [Node],
    /// The flow from node to node.
    pub edges: &'static [Edge],
    /// A hash of the source code of the steps, without comments and white space; empty if there is none.
    pub code: &'static str,
}

impl Graph {
    /// A graph of these nodes and edges.
    #[must_use]
    pub const fn new(name: &'static str, nodes: &'static [Node], edges: &'static [Edge]) -> Self {
        Self {
            name,
            nodes,
            edges,
            code: "",
        }
    }

    /// Sets the hash of the source code of the steps. Default: none.
    #[must_use]
    pub const fn with_code(mut self, hash: &'static str) -> Self {
        self.code = hash;
        self
    }
}

/// A node of a [`Graph`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Node {
    /// The path, as predictors have it: `query`, `answer.hard`.
    pub path: &'static str,
    /// The kind of node.
    pub kind: NodeKind,
    /// What the node does, as the source says it: `ChainOfThought<WriteQuery>`, `search`, `while …`.
    pub label: &'static str,
    /// The graph inside it, if it is a nested program.
    pub graph: Option<&'static Graph>,
}

impl Node {
    /// A node without a graph inside it.
    #[must_use]
    pub const fn new(path: &'static str, kind: NodeKind, label: &'static str) -> Self {
        Self {
            path,
            kind,
            label,
            graph: None,
        }
    }

    /// Sets the graph inside the node.
    #[must_use]
    pub const fn with_graph(mut self, graph: &'static Graph) -> Self {
        self.graph = Some(graph);
        self
    }
}

/// The kind of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NodeKind {
    /// An input of the program.
    Input,
    /// A module: it calls models.
    Module,
    /// Plain code.
    Code,
    /// Runs the same steps for each item of a list, concurrently.
    Map,
    /// Takes one of several branches.
    Route,
    /// Repeats its steps until a condition holds.
    Loop,
    /// Tries alternatives in order until one succeeds.
    Fallback,
    /// The output of the program.
    Output,
}

/// A flow from one node of a [`Graph`] to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Edge {
    /// Index of the node where it starts.
    pub from: usize,
    /// Index of the node where it ends.
    pub to: usize,
    /// The condition for the flow, such as the pattern of a branch; may be empty.
    pub label: &'static str,
}

impl Edge {
    /// A flow without a condition.
    #[must_use]
    pub const fn new(from: usize, to: usize) -> Self {
        Self {
            from,
            to,
            label: "",
        }
    }

    /// Sets the condition for the flow.
    #[must_use]
    pub const fn with_label(mut self, label: &'static str) -> Self {
        self.label = label;
        self
    }
}
