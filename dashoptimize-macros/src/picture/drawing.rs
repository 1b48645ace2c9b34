//! What is drawn: the nodes and edges of a program.

use serde::{Deserialize, Serialize};

/// A program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Drawing {
    /// Name of the program.
    pub(crate) name: String,
    /// In the order of the source.
    pub(crate) nodes: Vec<DrawnNode>,
    pub(crate) edges: Vec<Edge>,
}

/// A box of a [`Drawing`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct DrawnNode {
    /// The path of the node: `query`, `answer.hard`.
    pub(crate) path: String,
    /// What the node does, as written in the source; may be empty.
    pub(crate) label: String,
    pub(crate) kind: DrawnKind,
    /// Whether it calls another program, which has its own drawing.
    pub(crate) is_program: bool,
}

/// What a node is. Each kind has its own outline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum DrawnKind {
    Input,
    Module,
    Code,
    Map,
    Route,
    Loop,
    Fallback,
    Output,
}

/// An arrow from node to node, by their indices.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Edge {
    pub(crate) from: usize,
    pub(crate) to: usize,
    pub(crate) label: String,
}

impl Edge {
    /// The upper and the lower end. Nodes are in the order of the source, so the earlier one is
    /// above.
    pub(super) fn ends(&self) -> (usize, usize) {
        (self.from.min(self.to), self.from.max(self.to))
    }

    /// Whether it leads back to an earlier node, as in a loop.
    pub(super) const fn goes_up(&self) -> bool {
        self.to < self.from
    }
}
