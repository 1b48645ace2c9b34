//! Where edges end at boxes.

use super::drawing::Drawing;
use super::measures::{CORNER, NARROWEST_PORT, PORT, Piece, Rect, Route};
use super::rows::Rows;
use super::side::Side;

/// The vertical pieces of each edge.
pub(super) fn routes(drawing: &Drawing, rows: &Rows, stops: &[Rect]) -> Vec<Route> {
    let through = |stop: &usize| Piece {
        x: stops[*stop].x,
        top: stops[*stop].y,
        bottom: stops[*stop].y + stops[*stop].h,
    };
    let pieces = |route: &Vec<usize>| route.iter().map(through).collect();
    let mut routes: Vec<Route> = rows.routes.iter().map(pieces).collect();
    for (node, rect) in stops[..drawing.nodes.len()].iter().enumerate() {
        for side in [Side::Above, Side::Below] {
            for (edge, x) in ports(drawing, rows, stops, node, side) {
                let piece = match side {
                    Side::Above => routes[edge].last_mut(),
                    Side::Below => routes[edge].first_mut(),
                };
                if let Some(piece) = piece {
                    *piece = side.piece(&drawing.edges[edge], *rect, x);
                }
            }
        }
    }
    routes
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
        let route = &rows.routes[*edge];
        let stop = stops[match side {
            Side::Above => route[route.len() - 2],
            Side::Below => route[1],
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
