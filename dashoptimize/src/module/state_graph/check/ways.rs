//! The ways through a graph: to every node, from every node to the end, and round loops.

use super::super::error::GraphProblemKind as Kind;
use super::super::topology::Topology;
use super::problems::Problems;
use crate::signature::suggestion::quoted_list;

pub(super) fn check(
    topology: &Topology,
    names: &[&str],
    max_steps: Option<usize>,
    problems: &mut Problems,
) {
    let listed = |nodes: &[usize]| quoted_list(nodes.iter().map(|node| names[*node]));
    let nodes = || 0..topology.nodes;
    let reached = topology.reachable(topology.start(), None);
    let lost: Vec<usize> = nodes().filter(|node| !reached.contains(node)).collect();
    if !lost.is_empty() {
        let them = if lost.len() == 1 { "it" } else { "them" };
        let lost = listed(&lost);
        let problem = format!(
            "no path leads from the entry point to {lost}; add an edge or a target of a route to {them}, or remove {them}"
        );
        problems.add(Kind::Unreachable, problem);
    }
    let has_way_out = |node: &usize| topology.reachable(*node, None).contains(&topology.end());
    let stuck: Vec<usize> = nodes()
        .filter(|node| reached.contains(node) && !has_way_out(node))
        .collect();
    if let Some(last) = stuck.last() {
        let (stuck, last) = (listed(&stuck), names[*last]);
        let problem =
            format!("no path leads from {stuck} to the end; write `add_edge(\"{last}\", END)`");
        problems.add(Kind::NoWayToEnd, problem);
    }
    check_joins(topology, names, problems);
    check_bound(topology, names, max_steps, problems);
}

/// An edge that waits for nodes of which a route takes only one waits for ever.
fn check_joins(topology: &Topology, names: &[&str], problems: &mut Problems) {
    let together = topology.in_one_run();
    for (sources, to) in &topology.joins {
        let pairs = sources
            .iter()
            .enumerate()
            .flat_map(|(index, one)| sources[index + 1..].iter().map(move |other| (*one, *other)));
        for (one, other) in pairs {
            if !together.contains(&(one.min(other), one.max(other))) {
                let to = names.get(*to).copied().unwrap_or("END");
                let (one, other) = (names[one], names[other]);
                let problem = format!(
                    "the edge to `{to}` waits for `{one}` and `{other}`, and no run has both; write one edge from each"
                );
                problems.add(Kind::Edge, problem);
            }
        }
    }
}

fn check_bound(
    topology: &Topology,
    names: &[&str],
    max_steps: Option<usize>,
    problems: &mut Problems,
) {
    let shortest = topology.shortest_path(topology.start(), topology.end());
    match (max_steps, topology.a_loop()) {
        (None, Some(nodes)) => {
            let first = names[nodes[0]];
            let nodes: Vec<String> = nodes
                .iter()
                .map(|node| format!("`{}`", names[*node]))
                .collect();
            let problem = format!(
                "{} → `{first}` is a loop without a bound; set one with `max_steps`",
                nodes.join(" → ")
            );
            problems.add(Kind::Loop, problem);
        }
        (Some(most), _) => {
            // The path holds the start as well.
            let least = shortest.map_or(0, |path| path.len() - 1);
            if most < least {
                let problem = format!(
                    "`max_steps` is {most}, and the shortest way to the end has {least} steps; raise it"
                );
                problems.add(Kind::Loop, problem);
            }
        }
        (None, None) => {}
    }
}
