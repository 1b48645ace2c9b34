//! Which row each node is in, and the order within a row.

use super::drawing::{Drawing, DrawnKind, DrawnNode, Edge};

/// The rows of a drawing. A row consists of stops: nodes, and places where an edge passes through to a
/// lower row. Stops are numbered; nodes come first.
pub(super) struct Rows {
    /// Stops from left to right.
    pub rows: Vec<Vec<usize>>,
    /// The stops of each edge from top to bottom, both ends included: one in each row.
    pub routes: Vec<Vec<usize>>,
}

/// How often rows are ordered by their neighbours, downwards and upwards.
const SWEEPS: usize = 2;

pub(super) fn rows(drawing: &Drawing) -> Rows {
    let depths = depths(drawing);
    let deepest = depths.iter().copied().max().unwrap_or(0);
    let mut rows = vec![Vec::new(); deepest + 1];
    for (node, depth) in depths.iter().enumerate() {
        rows[*depth].push(node);
    }
    let mut stops = depths.len();
    let mut routes = Vec::new();
    for edge in &drawing.edges {
        let (upper, lower) = edge.ends();
        let mut route = vec![upper];
        for row in &mut rows[depths[upper] + 1..depths[lower]] {
            row.push(stops);
            route.push(stops);
            stops += 1;
        }
        route.push(lower);
        routes.push(route);
    }
    let mut rows = Rows { rows, routes };
    rows.order();
    rows
}

/// The row of each node: one below the lowest that leads to it. Inputs are above all others, the
/// output below.
fn depths(drawing: &Drawing) -> Vec<usize> {
    let kinds = || drawing.nodes.iter().map(|node| node.kind);
    let has_inputs = kinds().any(|kind| kind == DrawnKind::Input);
    let first = |kind| usize::from(has_inputs && kind != DrawnKind::Input);
    let mut depths: Vec<usize> = kinds().map(first).collect();
    for node in 0..depths.len() {
        let upper = drawing
            .edges
            .iter()
            .map(Edge::ends)
            .filter(|ends| ends.1 == node);
        let lowest = upper.map(|(upper, _)| depths[upper] + 1).max();
        depths[node] = depths[node].max(lowest.unwrap_or(0));
    }
    move_down(drawing, &mut depths);
    depths
}

/// Steps to which no edge leads go directly above the first that they lead to, outputs to the bottom.
fn move_down(drawing: &Drawing, depths: &mut [usize]) {
    let bottom = depths.iter().max().copied().unwrap_or(0);
    for (node, DrawnNode { kind, .. }) in drawing.nodes.iter().enumerate() {
        let edges = || drawing.edges.iter().map(Edge::ends);
        let below = edges().filter(|ends| ends.0 == node);
        let first = below.map(|(_, lower)| depths[lower]).min();
        let is_free = edges().all(|ends| ends.1 != node);
        match (kind, first) {
            (DrawnKind::Input, _) => {}
            (_, Some(first)) if is_free => depths[node] = first - 1,
            (DrawnKind::Output, None) => depths[node] = bottom,
            _ => {}
        }
    }
}

impl Rows {
    pub(super) fn stops(&self) -> usize {
        self.rows.iter().map(Vec::len).sum()
    }

    /// The neighbours of each stop in the row above, and those in the row below.
    pub(super) fn neighbours(&self) -> (Vec<Vec<usize>>, Vec<Vec<usize>>) {
        let mut above = vec![Vec::new(); self.stops()];
        let mut below = above.clone();
        for pair in self.routes.iter().flat_map(|route| route.windows(2)) {
            below[pair[0]].push(pair[1]);
            above[pair[1]].push(pair[0]);
        }
        (above, below)
    }

    /// Orders each row by the positions of its neighbours in the row before (barycenters).
    fn order(&mut self) {
        let (above, below) = self.neighbours();
        for _ in 0..SWEEPS {
            for row in 1..self.rows.len() {
                self.order_row(row, row - 1, &above);
            }
            for row in (1..self.rows.len()).rev() {
                self.order_row(row - 1, row, &below);
            }
        }
    }

    /// A stop without neighbours keeps its place.
    fn order_row(&mut self, row: usize, by: usize, neighbours: &[Vec<usize>]) {
        let mut places = vec![0.0; neighbours.len()];
        for row in [row, by] {
            let half = self.rows[row].len() as f64 / 2.0;
            for (n, stop) in self.rows[row].iter().enumerate() {
                places[*stop] = n as f64 - half;
            }
        }
        let key = |stop: &usize| {
            let around = neighbours[*stop].iter().map(|other| places[*other]);
            mean(around).unwrap_or(places[*stop])
        };
        self.rows[row].sort_by(|a, b| key(a).total_cmp(&key(b)));
    }
}

pub(super) fn mean(numbers: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, count) = numbers.fold((0.0, 0.0), |(sum, count), n| (sum + n, count + 1.0));
    (count > 0.0).then(|| sum / count)
}
