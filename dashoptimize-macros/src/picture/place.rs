//! Where everything is, in pixels.

use std::iter;

use super::drawing::{Drawing, DrawnNode};
use super::measures::{CORNER, NARROWEST_PORT, Placed, Rect, WORDS};
use super::ports::routes;
use super::rows::{Rows, mean};
use super::side::Side;
use super::text::width;

/// Around the whole.
const MARGIN: i32 = 8;
/// Between two stops of a row, at least.
const GAP: f64 = 22.0;
/// Between two rows: the least, and the most that many edges add.
const ROW_GAP: i32 = 40;
const MANY_EDGES: i32 = 40;
/// Height of a box of one line, and what a second line adds.
const LINE: i32 = 26;
const SECOND_LINE: i32 = 16;
/// How often stops are moved towards their neighbours, downwards and upwards.
const SWEEPS: usize = 12;

pub(super) fn placed(drawing: &Drawing, rows: &Rows) -> Placed {
    let widths = widths(drawing, rows);
    let lefts = lefts(rows, &widths);
    let mut stops = stops(drawing, rows, &lefts, &widths);
    let routes = routes(drawing, rows, &stops);
    let right = stops.iter().map(|stop| stop.x + stop.w).max();
    let bottom = stops.iter().map(|stop| stop.y + stop.h).max();
    stops.truncate(drawing.nodes.len());
    Placed {
        width: right.unwrap_or(0) + MARGIN,
        height: bottom.unwrap_or(0) + MARGIN,
        boxes: stops,
        routes,
    }
}

/// The width of each stop. An edge that passes through a row takes no room.
fn widths(drawing: &Drawing, rows: &Rows) -> Vec<i32> {
    let nodes = drawing.nodes.iter().enumerate();
    let mut widths: Vec<i32> = nodes.map(|(n, node)| box_width(drawing, n, node)).collect();
    widths.resize(rows.stops(), 0);
    widths
}

/// Wide enough for its texts, for the edges at either side and for the words at their heads.
fn box_width(drawing: &Drawing, index: usize, node: &DrawnNode) -> i32 {
    let mut room = width(&node.path).max(width(&node.label));
    for side in [Side::Above, Side::Below] {
        let edges = side.edges(drawing, index).map(|n| &drawing.edges[n]);
        room = room.max(edges.map(|edge| side.room(edge).max(NARROWEST_PORT)).sum());
    }
    // Even, so that it has a middle.
    room + room % 2 + 2 * CORNER
}

/// The left end of each stop. Stops move towards the middle of their neighbours, as far as the order of
/// their row lets them.
fn lefts(rows: &Rows, widths: &[i32]) -> Vec<i32> {
    let mut centers = vec![0.0; widths.len()];
    let (above, below) = rows.neighbours();
    let both = above.iter().zip(&below);
    let around: Vec<_> = both
        .map(|(above, below)| [&above[..], below].concat())
        .collect();
    for _ in 0..SWEEPS {
        for row in rows.rows.iter().chain(rows.rows.iter().rev()) {
            settle(row, &around, widths, &mut centers);
        }
    }
    let lefts = centers
        .iter()
        .zip(widths)
        .map(|(x, w)| x.round() as i32 - w / 2);
    let lefts: Vec<i32> = lefts.collect();
    let first = lefts.iter().min().copied().unwrap_or(0);
    lefts.into_iter().map(|x| x - first + MARGIN).collect()
}

/// Moves the stops of a row as close as possible to the middle of their neighbours: least squares
/// under the order of the row, by pooling stops that would overlap.
fn settle(row: &[usize], neighbours: &[Vec<usize>], widths: &[i32], centers: &mut [f64]) {
    let mut offsets = Vec::new();
    let mut pools: Vec<(f64, usize)> = Vec::new();
    for (n, stop) in row.iter().enumerate() {
        let apart = |before: &usize| f64::from(widths[*before] + widths[*stop]) / 2.0 + GAP;
        let before = offsets.last().copied().unwrap_or(0.0);
        let offset = before + row[..n].last().map_or(0.0, apart);
        let around = neighbours[*stop].iter().map(|other| centers[*other]);
        offsets.push(offset);
        pools.push((mean(around).unwrap_or(centers[*stop]) - offset, 1));
        while let [.., (a, i), (b, j)] = pools[..]
            && a / i as f64 > b / j as f64
        {
            pools.truncate(pools.len() - 2);
            pools.push((a + b, i + j));
        }
    }
    let places = pools
        .iter()
        .flat_map(|(sum, n)| iter::repeat_n(sum / *n as f64, *n));
    for ((stop, offset), place) in row.iter().zip(offsets).zip(places) {
        centers[*stop] = place + offset;
    }
}

/// Where each stop is. All boxes of a row have the same height.
fn stops(drawing: &Drawing, rows: &Rows, lefts: &[i32], widths: &[i32]) -> Vec<Rect> {
    let nowhere = Rect {
        x: 0,
        y: 0,
        w: 0,
        h: 0,
    };
    let mut stops = vec![nowhere; rows.stops()];
    let (above, _) = rows.neighbours();
    let mut y = MARGIN;
    for (n, row) in rows.rows.iter().enumerate() {
        if n > 0 {
            let edges = row.iter().map(|stop| above[*stop].len()).sum::<usize>() as i32;
            let above = has_words(drawing, row, Side::Above);
            let below = has_words(drawing, &rows.rows[n - 1], Side::Below);
            let words = i32::from(above) + i32::from(below);
            y += ROW_GAP + (edges / 2).min(MANY_EDGES) + WORDS * words;
        }
        let mut nodes = row.iter().filter_map(|stop| drawing.nodes.get(*stop));
        let has_label = nodes.any(|node| !node.label.is_empty());
        let h = LINE + SECOND_LINE * i32::from(has_label);
        for stop in row {
            let (x, w) = (lefts[*stop], widths[*stop]);
            stops[*stop] = Rect { x, y, w, h };
        }
        y += h;
    }
    stops
}

/// Whether there are words at this side of a row.
fn has_words(drawing: &Drawing, row: &[usize], side: Side) -> bool {
    let mut words = drawing.edges.iter().filter(|edge| side.room(edge) > 0);
    words.any(|edge| row.contains(&side.end(edge)))
}
