//! Sizes in pixels, and the parts of a drawing that have coordinates.

/// From the side of a box to its text, and to the first arrow that may end there.
pub(super) const CORNER: i32 = 12;
/// Between two arrows at the same side of a box, at most and at least.
pub(super) const PORT: i32 = 14;
pub(super) const NARROWEST_PORT: i32 = 4;
/// Height of the head of an arrow, and of the words above it.
pub(super) const HEAD: i32 = 7;
pub(super) const WORDS: i32 = 20;

/// A drawing with coordinates.
pub(super) struct Placed {
    pub width: i32,
    pub height: i32,
    /// One per node.
    pub boxes: Vec<Rect>,
    /// One per edge.
    pub routes: Vec<Route>,
}

/// The vertical pieces of an edge, from top to bottom; curves join them. The first starts at a box and
/// the last ends at one.
pub(super) type Route = Vec<Piece>;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rect {
    pub x: i32,
    pub y: i32,
    pub w: i32,
    pub h: i32,
}

/// A vertical line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    pub x: i32,
    pub top: i32,
    pub bottom: i32,
}
