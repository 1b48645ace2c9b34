//! Graphs as SVG, for the documentation of what `pipeline!` makes.
//!
//! A layered drawing: inputs on top, each step below all that it needs, the output at the bottom.
//! Its road is *rows* (which row a node stands in, and in which order) → *place* (where, in pixels)
//! → *draw* (text).

mod draw;
mod place;
mod ports;
mod rows;
#[cfg(test)]
mod tests;
mod text;

/// What is drawn: a program.
#[derive(Clone, Debug)]
pub(crate) struct Drawing {
    /// Name of the program.
    pub name: String,
    /// In the order of the source.
    pub nodes: Vec<DrawnNode>,
    /// Each goes from an earlier node to a later one.
    pub edges: Vec<DrawnEdge>,
}

/// A box of a [`Drawing`].
#[derive(Clone, Debug)]
pub(crate) struct DrawnNode {
    /// The path of the node: `query`, `answer.hard`.
    pub path: String,
    /// What the node does, as the source says it; may be empty.
    pub label: String,
    pub kind: DrawnKind,
}

/// What a node is. Each kind has an outline of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DrawnKind {
    Input,
    /// A module: it calls models.
    Module,
    /// Plain code.
    Code,
    /// Another program.
    Nested,
    Map,
    Route,
    Loop,
    Fallback,
    Output,
}

/// An arrow of a [`Drawing`].
#[derive(Clone, Debug)]
pub(crate) struct DrawnEdge {
    /// Index of the node that it comes from.
    pub from: usize,
    /// Index of the node that it goes to.
    pub to: usize,
    /// The condition under which something flows; may be empty.
    pub words: String,
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
            edge.words = text::shortened(&edge.words);
        }
        drawing
    }
}
