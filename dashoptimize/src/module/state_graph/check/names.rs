//! The names of nodes, and the edges between them.

use std::collections::BTreeSet;

use super::super::builder::{END, EdgeEntry, RouteEntry, START, StateGraph};
use super::super::error::GraphProblemKind as Kind;
use super::super::topology::{RouteEdges, Topology};
use super::problems::{Problems, instead};
use crate::signature::suggestion::quoted_list;

/// Finds the nodes that edges name.
pub(super) fn check<S>(graph: &StateGraph<S>, problems: &mut Problems) -> Topology {
    let names = Names {
        all: graph.nodes.iter().map(|(name, _)| name.as_str()).collect(),
    };
    for (index, (name, node)) in graph.nodes.iter().enumerate() {
        check_name(name, &names.all[..index], problems);
        if let Some(problem) = &node.facts.problem {
            problems.add(Kind::Module, format!("`{name}`: {problem}"));
        }
    }
    if names.all.is_empty() {
        problems.add(Kind::Entry, "there are no nodes; add one with `add_node`");
    }
    let mut topology = Topology {
        nodes: names.all.len(),
        ..Topology::default()
    };
    let mut seen = BTreeSet::new();
    for edge in &graph.edges {
        if !seen.insert((edge.from.clone(), edge.to.clone(), edge.waits)) {
            let from = quoted_list(edge.from.iter().map(|name| shown(name)));
            let to = shown(&edge.to);
            problems.add(
                Kind::Edge,
                format!("the edge from {from} to `{to}` is there twice; remove one"),
            );
        }
        names.add_edge(edge, &mut topology, problems);
    }
    for route in &graph.routes {
        names.add_route(route, &mut topology, problems);
    }
    let starts = |from: &[String]| from.iter().any(|name| name == START);
    let has_entry = graph.edges.iter().any(|edge| starts(&edge.from))
        || graph.routes.iter().any(|route| route.from == START);
    if !has_entry && !names.all.is_empty() {
        let problem = "there is no entry point; name the first node with `set_entry_point`";
        problems.add(Kind::Entry, problem);
    }
    topology
}

fn check_name(name: &str, earlier: &[&str], problems: &mut Problems) {
    let is_letter = |letter: char| letter.is_alphanumeric() || "_-".contains(letter);
    if name == START || name == END {
        let problem =
            format!("`{name}` is the name of the graph's start or end; give the node another one");
        problems.add(Kind::Name, problem);
    } else if name.is_empty() {
        problems.add(
            Kind::Name,
            "a node has no name; give it one, such as `answer`",
        );
    } else if let Some(letter) = name.chars().find(|letter| !is_letter(*letter)) {
        let problem = format!(
            "`{name}` cannot be the name of a node, because it is a part of paths: it has the character {letter:?}; \
             use letters, digits, `_` and `-`"
        );
        problems.add(Kind::Name, problem);
    } else if earlier.contains(&name) {
        let problem = format!("two nodes are called `{name}`; rename one of them");
        problems.add(Kind::Name, problem);
    }
}

/// The names of all nodes.
struct Names<'a> {
    all: Vec<&'a str>,
}

impl Names<'_> {
    /// The number of a node.
    fn find(&self, name: &str, what: &str, problems: &mut Problems) -> Option<usize> {
        let found = self.all.iter().position(|other| *other == name);
        if found.is_none() {
            let instead = instead(name, "nodes", self.all.iter().copied());
            let problem = format!("{what} names `{name}`, which is not a node; {instead}");
            problems.add(Kind::UnknownNode, problem);
        }
        found
    }

    /// Where an edge comes from: a node or the start.
    fn source(
        &self,
        name: &str,
        what: &str,
        topology: &Topology,
        problems: &mut Problems,
    ) -> Option<usize> {
        match name {
            START => Some(topology.start()),
            END => {
                let problem = format!(
                    "{what} comes from `END`, and nothing comes after it; turn it round or remove it"
                );
                problems.add(Kind::Edge, problem);
                None
            }
            name => self.find(name, what, problems),
        }
    }

    /// Where an edge goes to: a node or the end.
    fn target(
        &self,
        name: &str,
        what: &str,
        topology: &Topology,
        problems: &mut Problems,
    ) -> Option<usize> {
        match name {
            END => Some(topology.end()),
            START => {
                let problem = format!(
                    "{what} goes to `START`, and nothing comes before it; name the first node instead"
                );
                problems.add(Kind::Edge, problem);
                None
            }
            name => self.find(name, what, problems),
        }
    }

    fn add_edge(&self, edge: &EdgeEntry, topology: &mut Topology, problems: &mut Problems) {
        let (from, to) = (&edge.from, shown(&edge.to));
        let what = match &**from {
            [] => {
                let problem =
                    format!("an edge to `{to}` waits for no node; name those that it waits for");
                problems.add(Kind::Edge, problem);
                return;
            }
            from => format!(
                "the edge from {} to `{to}`",
                quoted_list(from.iter().map(|name| shown(name)))
            ),
        };
        let sources: Vec<_> = from
            .iter()
            .filter_map(|name| self.source(name, &what, topology, problems))
            .collect();
        let Some(target) = self.target(&edge.to, &what, topology, problems) else {
            return;
        };
        if sources.len() < from.len() {
            return;
        }
        if edge.waits {
            self.check_join(&sources, &what, topology, problems);
            topology.joins.push((sources, target));
        } else if sources[0] == topology.start() && target == topology.end() {
            let problem =
                format!("{what} passes every node; name the first node with `set_entry_point`");
            problems.add(Kind::Edge, problem);
        } else {
            topology.edges.push((sources[0], target));
        }
    }

    fn check_join(
        &self,
        sources: &[usize],
        what: &str,
        topology: &Topology,
        problems: &mut Problems,
    ) {
        if sources.contains(&topology.start()) {
            let problem =
                format!("{what} waits for `START`, which is no node; remove it from the list");
            problems.add(Kind::Edge, problem);
        }
        let twice = (1..sources.len()).find(|index| sources[..*index].contains(&sources[*index]));
        if let Some(name) = twice.and_then(|index| self.all.get(sources[index])) {
            let problem = format!("{what} waits for `{name}` twice; name it once");
            problems.add(Kind::Edge, problem);
        }
    }

    fn add_route(&self, route: &RouteEntry, topology: &mut Topology, problems: &mut Problems) {
        let what = format!("the route from `{}`", shown(&route.from));
        let from = self.source(&route.from, &what, topology, problems);
        if route.targets.is_empty() {
            let problem = format!("{what} has no targets; list the nodes that it may return");
            problems.add(Kind::Route, problem);
        }
        let mut labels = BTreeSet::new();
        let mut targets = Vec::new();
        for (label, name) in &route.targets {
            if !labels.insert(label) {
                let label = shown(label);
                let problem = format!(
                    "{what} has two targets for `{label}`; remove one, or let it return another name"
                );
                problems.add(Kind::Route, problem);
            }
            targets.extend(self.target(name, &what, topology, problems));
        }
        if let Some(from) = from {
            let many = route.many;
            topology.routes.push(RouteEdges {
                from,
                targets,
                many,
            });
        }
    }
}

/// The name as the source has it.
fn shown(name: &str) -> &str {
    match name {
        START => "START",
        END => "END",
        name => name,
    }
}
