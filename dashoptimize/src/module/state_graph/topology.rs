//! Nodes and edges by number.

use std::collections::{BTreeSet, VecDeque};

/// The edges of a graph. Nodes are numbered; the numbers after them are the start and the end.
#[derive(Clone, Debug, Default)]
pub(super) struct Topology {
    /// How many nodes there are.
    pub(super) nodes: usize,
    /// From one place to another.
    pub(super) edges: Vec<(usize, usize)>,
    /// From all of these nodes to a place.
    pub(super) joins: Vec<(Vec<usize>, usize)>,
    /// From a place to some of these.
    pub(super) routes: Vec<RouteEdges>,
}

/// The edges of a route.
#[derive(Clone, Debug)]
pub(super) struct RouteEdges {
    pub(super) from: usize,
    pub(super) targets: Vec<usize>,
    /// Whether it may choose several.
    pub(super) many: bool,
}

impl Topology {
    pub(super) const fn start(&self) -> usize {
        self.nodes
    }

    pub(super) const fn end(&self) -> usize {
        self.nodes + 1
    }

    /// The nodes and the end that can follow a place, each once and in order.
    pub(super) fn next(&self, place: usize) -> BTreeSet<usize> {
        let edges = self.edges.iter().filter(|(from, _)| *from == place);
        let joins = self.joins.iter().filter(|(from, _)| from.contains(&place));
        let routes = self.routes.iter().filter(|route| route.from == place);
        let edges = edges.map(|(_, to)| *to);
        let joins = joins.map(|(_, to)| *to);
        edges
            .chain(joins)
            .chain(routes.flat_map(|route| route.targets.iter().copied()))
            .collect()
    }

    /// All places on paths from one, without itself unless a path comes back. No path goes through `without`.
    pub(super) fn reachable(&self, from: usize, without: Option<usize>) -> BTreeSet<usize> {
        let mut reached = BTreeSet::new();
        let mut waiting = VecDeque::from([from]);
        while let Some(place) = waiting.pop_front() {
            for next in self.next(place) {
                if Some(next) != without && reached.insert(next) {
                    waiting.push_back(next);
                }
            }
        }
        reached
    }

    /// The nodes in the order in which they can first run; those that no path leads to are left out.
    pub(super) fn in_order(&self) -> Vec<usize> {
        let mut order = Vec::new();
        let mut level = vec![self.start()];
        let mut reached = BTreeSet::new();
        while !level.is_empty() {
            let next: BTreeSet<usize> = level.iter().flat_map(|place| self.next(*place)).collect();
            let new = next
                .into_iter()
                .filter(|place| *place < self.nodes && reached.insert(*place));
            level = new.collect();
            order.extend(&level);
        }
        order
    }

    /// The same edges with other numbers for the nodes: that of node `order[i]` becomes `i`.
    pub(super) fn renumbered(&self, order: &[usize]) -> Self {
        let number = |place: usize| match order.iter().position(|old| *old == place) {
            Some(new) => new,
            // The start and the end.
            None => place,
        };
        let all = |places: &[usize]| places.iter().copied().map(number).collect();
        Self {
            nodes: self.nodes,
            edges: self
                .edges
                .iter()
                .map(|(from, to)| (number(*from), number(*to)))
                .collect(),
            joins: self
                .joins
                .iter()
                .map(|(from, to)| (all(from), number(*to)))
                .collect(),
            routes: self
                .routes
                .iter()
                .map(|route| RouteEdges {
                    from: number(route.from),
                    targets: all(&route.targets),
                    many: route.many,
                })
                .collect(),
        }
    }

    /// A loop: nodes of which each leads to the next, and the last to the first. `None` if there is none.
    pub(super) fn a_loop(&self) -> Option<Vec<usize>> {
        (0..self.nodes).find_map(|node| self.shortest_path(node, node))
    }

    /// The nodes on a shortest path between two places, with the first and without the last.
    pub(super) fn shortest_path(&self, from: usize, to: usize) -> Option<Vec<usize>> {
        let mut waiting = VecDeque::from([vec![from]]);
        let mut reached = BTreeSet::new();
        while let Some(path) = waiting.pop_front() {
            for next in self.next(*path.last()?) {
                if next == to {
                    return Some(path);
                }
                if reached.insert(next) {
                    waiting.push_back([&path[..], &[next]].concat());
                }
            }
        }
        None
    }

    /// The pairs of nodes that can run in the same step: the first number is the smaller one.
    pub(super) fn at_once(&self) -> BTreeSet<(usize, usize)> {
        let mut pairs = BTreeSet::new();
        let mut waiting: Vec<(usize, usize)> = Vec::new();
        for place in 0..=self.start() {
            waiting.extend(self.pairs_after(place));
        }
        while let Some((one, other)) = waiting.pop() {
            let pair = (one.min(other), one.max(other));
            let both_are_nodes = one != other && pair.1 < self.nodes;
            if !both_are_nodes || !pairs.insert(pair) {
                continue;
            }
            for next in self.next(pair.0) {
                let others = self.next(pair.1);
                waiting.extend(others.into_iter().map(|other| (next, other)));
            }
        }
        // A node that waits for others does not run beside one that leads to them.
        pairs.retain(|(one, other)| !self.waits_for(*one, *other) && !self.waits_for(*other, *one));
        pairs
    }

    /// The pairs of nodes that one run can have both: the first number is the smaller one.
    pub(super) fn in_one_run(&self) -> BTreeSet<(usize, usize)> {
        let from = |place: usize| {
            let mut places = self.reachable(place, None);
            places.insert(place);
            places
        };
        let mut pairs = BTreeSet::new();
        let mut add = |ones: &BTreeSet<usize>, others: &BTreeSet<usize>| {
            for one in ones {
                pairs.extend(
                    others
                        .iter()
                        .map(|other| (*one.min(other), *one.max(other))),
                );
            }
        };
        for place in 0..self.nodes {
            add(&BTreeSet::from([place]), &from(place));
        }
        for place in 0..=self.start() {
            for (one, other) in self.pairs_after(place) {
                add(&from(one), &from(other));
            }
        }
        pairs
    }

    /// The pairs of places that a place leads to at the same time.
    fn pairs_after(&self, place: usize) -> Vec<(usize, usize)> {
        // Of each group one is taken, or several where a route may choose them.
        let edges = self.edges.iter().filter(|(from, _)| *from == place);
        let joins = self.joins.iter().filter(|(from, _)| from.contains(&place));
        let routes = self.routes.iter().filter(|route| route.from == place);
        let one = |to: usize| (vec![to], false);
        let groups: Vec<(Vec<usize>, bool)> = edges
            .map(|(_, to)| one(*to))
            .chain(joins.map(|(_, to)| one(*to)))
            .chain(routes.map(|route| (route.targets.clone(), route.many)))
            .collect();
        let mut pairs = Vec::new();
        for (index, (group, many)) in groups.iter().enumerate() {
            let later = groups[index + 1..].iter().flat_map(|(group, _)| group);
            let beside: Vec<usize> = match many {
                true => later.chain(group).copied().collect(),
                false => later.copied().collect(),
            };
            pairs.extend(
                group
                    .iter()
                    .flat_map(|one| beside.iter().map(move |other| (*one, *other))),
            );
        }
        pairs
    }

    /// Whether a node runs only when paths through the other have ended.
    fn waits_for(&self, node: usize, other: usize) -> bool {
        self.joins
            .iter()
            .filter(|(_, to)| *to == node)
            .any(|(sources, _)| {
                let ways = self.reachable(other, Some(node));
                sources
                    .iter()
                    .any(|source| *source == other || ways.contains(source))
            })
    }
}
