//! What `compile` checks. Each stage needs what the one before found: names, then ways through the graph, then
//! fields.

mod fields;
mod names;
mod problems;
mod ways;
mod writers;

use std::sync::OnceLock;

use self::fields::Fields;
use self::problems::Problems;
use super::any_node::{NodeFacts, Seen};
use super::builder::StateGraph;
use super::error::GraphProblem;
use super::graph_state::GraphState;
use super::plan::{Plan, Route};
use super::topology::Topology;
use crate::evaluate::type_words;

/// Checks a graph, and says what it does.
pub(super) fn check<S: GraphState>(graph: &StateGraph<S>) -> Result<Plan, Vec<GraphProblem>> {
    let mut problems = Problems::default();
    let topology = names::check(graph, &mut problems);
    let topology = problems.end_stage(topology)?;
    let names = graph.nodes.iter().map(|(name, _)| name.as_str());
    ways::check(
        &topology,
        &names.collect::<Vec<_>>(),
        graph.max_steps,
        &mut problems,
    );
    problems.end_stage(())?;
    let order = topology.in_order();
    let topology = topology.renumbered(&order);
    let nodes: Vec<(&str, &NodeFacts)> = order
        .iter()
        .map(|index| &graph.nodes[*index])
        .map(|(name, node)| (name.as_str(), &node.facts))
        .collect();
    let fields = fields::check(graph, &nodes, &topology, &mut problems);
    if let Some(fields) = &fields {
        writers::check(fields, &nodes, &topology, &graph.reducers, &mut problems);
    }
    let fields = problems.end_stage(fields)?;
    match fields {
        Some(fields) => Ok(plan(graph, fields, &nodes, &topology)),
        None => Err(problems.all()),
    }
}

fn plan<S>(
    graph: &StateGraph<S>,
    fields: Fields,
    nodes: &[(&str, &NodeFacts)],
    topology: &Topology,
) -> Plan {
    let names: Vec<String> = nodes.iter().map(|(name, _)| (*name).to_owned()).collect();
    let outside = names.len();
    // The plan numbers the start and the end alike: one is never a target, the other never a source.
    let place = |place: usize| place.min(outside);
    let after = (0..=outside).map(|from| {
        let edges = topology.edges.iter().filter(|(other, _)| *other == from);
        edges.map(|(_, to)| place(*to)).collect()
    });
    let joins = topology.joins.iter();
    let routes = graph
        .routes
        .iter()
        .zip(&topology.routes)
        .map(|(entry, route)| {
            let labels = entry.targets.iter().map(|(label, _)| label.clone());
            Route {
                from: route.from,
                choose: entry.choose.clone(),
                targets: labels
                    .zip(route.targets.iter().map(|to| place(*to)))
                    .collect(),
            }
        });
    let mut sorted: Vec<&String> = names.iter().collect();
    sorted.sort();
    let rank = |name: &String| {
        sorted
            .iter()
            .position(|other| *other == name)
            .unwrap_or(outside)
    };
    let first_values = graph.first_values.iter();
    Plan {
        name: graph.name.clone(),
        ranks: names.iter().map(rank).collect(),
        state_name: type_words::<S>(),
        writes: fields.writes(nodes),
        after: after.collect(),
        joins: joins.map(|(from, to)| (from.clone(), place(*to))).collect(),
        routes: routes.collect(),
        reducers: graph.reducers.iter().cloned().collect(),
        cleared: fields.cleared(&graph.inputs),
        first_values: first_values
            .filter_map(|(field, value)| Some((field.clone(), value.clone().ok()?)))
            .collect(),
        max_steps: graph.max_steps,
        inputs: fields.inputs(&graph.inputs, nodes),
        outputs: fields.outputs(nodes),
        seen: match nodes
            .iter()
            .any(|(_, facts)| facts.seen == Seen::Everything)
        {
            true => Seen::Everything,
            false => Seen::Inputs,
        },
        drawn: OnceLock::new(),
        state: fields.state,
        names,
    }
}
