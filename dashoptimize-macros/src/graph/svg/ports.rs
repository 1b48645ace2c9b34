//! Where edges leave and enter boxes.

use super::Drawing;
use super::place::{CORNER, HEAD, NARROWEST_PORT, PORT, Piece, Rect, WORDS, words_width};
use super::rows::Rows;

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
        for (edge, x) in ports(*rect, leaving(drawing, node, rows, stops)) {
            ways[edge][0] = Piece {
                x,
                top: rect.y + rect.h,
                bottom: rect.y + rect.h,
            };
        }
        for (edge, x) in ports(*rect, entering(drawing, node, rows, stops)) {
            let words = WORDS * i32::from(!drawing.edges[edge].words.is_empty());
            let last = ways[edge].len() - 1;
            ways[edge][last] = Piece {
                x,
                top: rect.y - HEAD - words,
                bottom: rect.y,
            };
        }
    }
    ways
}

/// An edge at one side of a box.
struct End {
    edge: usize,
    /// Twice the middle of the stop at its other end.
    towards: i32,
    /// Width of its words.
    words: i32,
}

fn leaving(drawing: &Drawing, node: usize, rows: &Rows, stops: &[Rect]) -> Vec<End> {
    let edges = drawing.edges.iter().enumerate();
    edges
        .filter(|(_, edge)| edge.from == node)
        .map(|(n, _)| {
            let next = stops[rows.ways[n][1]];
            End {
                edge: n,
                towards: 2 * next.x + next.w,
                words: 0,
            }
        })
        .collect()
}

fn entering(drawing: &Drawing, node: usize, rows: &Rows, stops: &[Rect]) -> Vec<End> {
    let edges = drawing.edges.iter().enumerate();
    edges
        .filter(|(_, edge)| edge.to == node)
        .map(|(n, edge)| {
            let way = &rows.ways[n];
            let before = stops[way[way.len() - 2]];
            let words = words_width(&edge.words);
            End {
                edge: n,
                towards: 2 * before.x + before.w,
                words,
            }
        })
        .collect()
}

/// Where edges end at a side of a box: around its middle, in the order of their other ends.
fn ports(rect: Rect, mut ends: Vec<End>) -> Vec<(usize, i32)> {
    ends.sort_by_key(|end| end.towards);
    let words: i32 = ends.iter().map(|end| end.words).sum();
    let plain = ends.iter().filter(|end| end.words == 0).count() as i32;
    let room = (rect.w - 2 * CORNER - words) / plain.max(1);
    let port = room.clamp(NARROWEST_PORT, PORT);
    let mut x = rect.x + (rect.w - words - plain * port) / 2;
    let mut ports = Vec::new();
    for end in ends {
        let wide = if end.words == 0 { port } else { end.words };
        ports.push((end.edge, x + wide / 2));
        x += wide;
    }
    ports
}
