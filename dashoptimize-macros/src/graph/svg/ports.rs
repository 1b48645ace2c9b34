//! Where edges end at boxes.

use super::super::draw::Edge;
use super::place::{CORNER, HEAD, NARROWEST_PORT, PORT, Piece, Rect, WORDS};
use super::rows::Rows;
use super::text::width;
use super::{Drawing, ends, goes_up};

/// A side of a box where edges end.
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

    /// The node where an edge ends at this side.
    pub(super) fn end(self, edge: &Edge) -> usize {
        let (upper, lower) = ends(edge);
        match self {
            Self::Above => lower,
            Self::Below => upper,
        }
    }

    /// Whether the head of an edge is at this side.
    fn has_head(self, edge: &Edge) -> bool {
        goes_up(edge) == (self == Self::Below)
    }

    /// Width that the words of an edge take here: they stand at its head.
    pub(super) fn room(self, edge: &Edge) -> i32 {
        match &edge.label[..] {
            "" => 0,
            words if self.has_head(edge) => width(words) + PORT,
            _ => 0,
        }
    }

    /// The vertical piece at this side of a box: as long as the head and the words.
    fn piece(self, edge: &Edge, rect: Rect, x: i32) -> Piece {
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

/// Per edge its vertical pieces.
pub(super) fn ways(drawing: &Drawing, rows: &Rows, stops: &[Rect]) -> Vec<Vec<Piece>> {
    let through = |stop: &usize| Piece {
        x: stops[*stop].x,
        top: stops[*stop].y,
        bottom: stops[*stop].y + stops[*stop].h,
    };
    let pieces = |way: &Vec<usize>| way.iter().map(through).collect();
    let mut ways: Vec<Vec<Piece>> = rows.ways.iter().map(pieces).collect();
    for (node, rect) in stops[..drawing.nodes.len()].iter().enumerate() {
        for side in [Side::Above, Side::Below] {
            for (edge, x) in ports(drawing, rows, stops, node, side) {
                let piece = match side {
                    Side::Above => ways[edge].last_mut(),
                    Side::Below => ways[edge].first_mut(),
                };
                if let Some(piece) = piece {
                    *piece = side.piece(&drawing.edges[edge], *rect, x);
                }
            }
        }
    }
    ways
}

/// Where edges end at a side of a box: around its middle, in the order of their next stops.
fn ports(
    drawing: &Drawing,
    rows: &Rows,
    stops: &[Rect],
    node: usize,
    side: Side,
) -> Vec<(usize, i32)> {
    let next = |edge: &usize| {
        let way = &rows.ways[*edge];
        let stop = stops[match side {
            Side::Above => way[way.len() - 2],
            Side::Below => way[1],
        }];
        2 * stop.x + stop.w
    };
    let mut edges: Vec<usize> = side.edges(drawing, node).collect();
    edges.sort_by_key(next);
    let rooms: Vec<i32> = edges
        .iter()
        .map(|edge| side.room(&drawing.edges[*edge]))
        .collect();
    let words: i32 = rooms.iter().sum();
    let plain = rooms.iter().filter(|room| **room == 0).count() as i32;
    let rect = stops[node];
    let port = ((rect.w - 2 * CORNER - words) / plain.max(1)).clamp(NARROWEST_PORT, PORT);
    let mut x = rect.x + (rect.w - words - plain * port) / 2;
    let mut ports = Vec::new();
    for (edge, room) in edges.into_iter().zip(rooms) {
        let wide = if room == 0 { port } else { room };
        ports.push((edge, x + wide / 2));
        x += wide;
    }
    ports
}
