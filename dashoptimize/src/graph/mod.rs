//! Graphs of programs as const data, and how they are drawn.
//!
//! `pipeline!` gives each program its [`Graph`], as `Rag::GRAPH`.

mod dot;
mod mermaid;

/// The graph of a program: what it is made of, and what flows where.
///
/// It is drawn with [`to_mermaid`](Self::to_mermaid) and [`to_dot`](Self::to_dot).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Graph {
    /// Name of the program.
    pub name: &'static str,
    /// The nodes: inputs first, then steps in the order of the source, the output last.
    pub nodes: &'static [Node],
    /// What flows from node to node.
    pub edges: &'static [Edge],
}

/// A node of a [`Graph`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Node {
    /// The path, as predictors have it: `query`, `answer.hard`.
    pub path: &'static str,
    /// What it is.
    pub kind: NodeKind,
    /// What it does, as the source says it: `ChainOfThought<WriteQuery>`, `search`, `while …`.
    pub label: &'static str,
    /// The graph of the program inside it, where it is a nested one.
    pub graph: Option<&'static Graph>,
}

/// What a node is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NodeKind {
    /// An input of the program.
    Input,
    /// A module: it calls models.
    Module,
    /// Plain code.
    Code,
    /// Does the same for each item of a list, at once.
    Map,
    /// Goes one way of several.
    Route,
    /// Does the same again until a condition holds.
    Loop,
    /// Tries one after the other until one succeeds.
    Fallback,
    /// What the program gives back.
    Output,
}

/// Something that flows from one node of a [`Graph`] to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Edge {
    /// Index of the node that it comes from.
    pub from: usize,
    /// Index of the node that it goes to.
    pub to: usize,
    /// The condition under which it flows, such as the pattern of a way; may be empty.
    pub label: &'static str,
}
