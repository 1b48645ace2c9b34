//! Graphs as SVG, for the documentation of what `pipeline!` makes.
//!
//! A layered drawing: inputs on top, each step below all that it needs, the output at the bottom. Only
//! what goes back to an earlier step, in a loop, points upwards.
//!
//! Its road is *rows* (which row a node stands in, and in which order) → *place* (where, in pixels)
//! → *draw* (text).

mod draw;
mod place;
mod ports;
mod rows;
#[cfg(test)]
mod tests;
mod text;

use super::draw::{DrawnKind, Edge};

/// What is drawn: a program.
#[derive(Clone, Debug)]
pub(crate) struct Drawing {
    /// Name of the program.
    pub(crate) name: String,
    /// In the order of the source.
    pub(crate) nodes: Vec<DrawnNode>,
    /// An edge to an earlier node is drawn from below to above.
    pub(crate) edges: Vec<Edge>,
}

/// A box of a [`Drawing`]. Each kind has an outline of its own.
#[derive(Clone, Debug)]
pub(crate) struct DrawnNode {
    /// The path of the node: `query`, `answer.hard`.
    pub(crate) path: String,
    /// What the node does, as the source says it; may be empty.
    pub(crate) label: String,
    pub(crate) kind: DrawnKind,
    /// Another program, which has a drawing of its own.
    pub(crate) is_program: bool,
}

impl Drawing {
    /// One line of HTML with the drawing as inline SVG.
    ///
    /// It takes its colours from the text around it, so it fits light and dark themes. It has no ids,
    /// no scripts and no style sheet. The `div` keeps Markdown from reading what is in the drawing.
    pub(crate) fn to_html(&self) -> String {
        let drawing = self.shortened();
        let placed = place::placed(&drawing, &rows::rows(&drawing));
        format!("<div>{}</div>", draw::svg(&drawing, &placed))
    }

    /// The same with texts that fit on a line.
    fn shortened(&self) -> Self {
        let mut drawing = self.clone();
        for node in &mut drawing.nodes {
            node.path = text::shortened(&node.path);
            node.label = text::shortened(&node.label);
        }
        for edge in &mut drawing.edges {
            edge.label = text::shortened(&edge.label);
        }
        drawing
    }
}

/// The node of an edge that stands above the other, and the one below.
fn ends(edge: &Edge) -> (usize, usize) {
    (edge.from.min(edge.to), edge.from.max(edge.to))
}

fn goes_up(edge: &Edge) -> bool {
    edge.to < edge.from
}
