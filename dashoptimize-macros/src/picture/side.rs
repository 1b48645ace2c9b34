//! The two sides of a box where edges end.

use super::drawing::{Drawing, Edge};
use super::measures::{HEAD, PORT, Piece, Rect, WORDS};
use super::text::width;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Above,
    Below,
}

impl Side {
    /// The edges that end at this side of a node.
    pub(super) fn edges(self, drawing: &Drawing, node: usize) -> impl Iterator<Item = usize> {
        let edges = drawing.edges.iter().enumerate();
        edges
            .filter(move |(_, edge)| self.end(edge) == node)
            .map(|(n, _)| n)
    }

    /// The node at whose side an edge ends.
    pub(super) fn end(self, edge: &Edge) -> usize {
        let (upper, lower) = edge.ends();
        match self {
            Self::Above => lower,
            Self::Below => upper,
        }
    }

    /// Whether the head of an edge is at this side.
    fn has_head(self, edge: &Edge) -> bool {
        edge.goes_up() == (self == Self::Below)
    }

    /// Width that the words of an edge take here: they are at its head.
    pub(super) fn room(self, edge: &Edge) -> i32 {
        match &edge.label[..] {
            "" => 0,
            words if self.has_head(edge) => width(words) + PORT,
            _ => 0,
        }
    }

    /// The vertical piece at this side of a box: as long as the head and the words.
    pub(super) fn piece(self, edge: &Edge, rect: Rect, x: i32) -> Piece {
        let head = HEAD * i32::from(self.has_head(edge));
        let words = WORDS * i32::from(self.room(edge) > 0);
        let border = match self {
            Self::Above => rect.y,
            Self::Below => rect.y + rect.h,
        };
        let (top, bottom) = match self {
            Self::Above => (border - head - words, border),
            Self::Below => (border, border + head + words),
        };
        Piece { x, top, bottom }
    }
}
