//! How a graph runs: step by step, the nodes of a step concurrently in the caller's task.

use std::collections::BTreeSet;

use futures_util::future::try_join_all;
use serde_json::{Map, Value};

use super::any_node::{AnyNode, Update, Written};
use super::error::GraphRunError;
use super::plan::{Plan, Route};
use super::route::failed;
use super::state_view::StateView;
use crate::call::{CallError, Context};

/// One run of a graph.
pub(super) struct GraphRun<'a> {
    plan: &'a Plan,
    nodes: &'a [AnyNode],
    /// What is put in front of the names of nodes in errors.
    path: &'a str,
    values: Map<String, Value>,
    /// For each join, those of its sources that have ended.
    joined: Vec<BTreeSet<usize>>,
}

impl<'a> GraphRun<'a> {
    /// A run from these values.
    pub(super) fn new(
        plan: &'a Plan,
        nodes: &'a [AnyNode],
        path: &'a str,
        values: Map<String, Value>,
    ) -> Self {
        Self {
            plan,
            nodes,
            path,
            values: plan.entered(values),
            joined: vec![BTreeSet::new(); plan.joins.len()],
        }
    }

    /// Runs to the end, and gives what the state holds then.
    pub(super) async fn finish(
        mut self,
        context: &Context<'_>,
    ) -> Result<Map<String, Value>, CallError> {
        let mut active = BTreeSet::new();
        self.add_next(self.plan.outside(), None, &mut active)?;
        let mut step = 0;
        while !active.is_empty() {
            if self
                .plan
                .max_steps
                .is_some_and(|most| step as usize >= most)
            {
                return Err(self.not_done(step as usize, &active));
            }
            active = self.step(&context.child(step), active).await?;
            step = step.saturating_add(1);
        }
        Ok(self.values)
    }

    /// Runs these nodes, and gives those that come next.
    async fn step(
        &mut self,
        context: &Context<'_>,
        active: BTreeSet<usize>,
    ) -> Result<BTreeSet<usize>, CallError> {
        let updates = self.run_all(context, &active).await?;
        let mut ended: Vec<(usize, Update)> = active.into_iter().zip(updates).collect();
        ended.sort_by_key(|(node, _)| self.plan.ranks[*node]);
        let mut next = BTreeSet::new();
        if let [(node, update)] = &mut *ended {
            let update = std::mem::take(update);
            put_all(self.plan, &mut self.values, *node, update)
                .map_err(|error| self.fail(error))?;
            self.add_next(*node, None, &mut next)?;
            return Ok(next);
        }
        self.check_writers(&ended)?;
        let before = self.values.clone();
        for (node, update) in ended {
            // A route sees what its own node wrote, and not what the others wrote.
            let own = match self.has_route(node) {
                true => Some(self.seen_by(&before, node, &update)?),
                false => None,
            };
            put_all(self.plan, &mut self.values, node, update).map_err(|error| self.fail(error))?;
            self.add_next(node, own.as_ref(), &mut next)?;
        }
        Ok(next)
    }

    async fn run_all(
        &self,
        context: &Context<'_>,
        active: &BTreeSet<usize>,
    ) -> Result<Vec<Update>, CallError> {
        let state = StateView {
            values: &self.values,
            ty: &self.plan.state,
        };
        let contexts: Vec<(usize, Context<'_>)> = active
            .iter()
            .map(|node| {
                (
                    *node,
                    context.child(u32::try_from(*node).unwrap_or(u32::MAX)),
                )
            })
            .collect();
        if let [(node, context)] = &*contexts {
            return Ok(vec![self.nodes[*node].node.run(context, state).await?]);
        }
        let runs = contexts.iter();
        try_join_all(runs.map(|(node, context)| self.nodes[*node].node.run(context, state))).await
    }

    /// What comes after a place whose node has ended. `own` is the state as its routes see it, where that is not
    /// the state.
    fn add_next(
        &mut self,
        place: usize,
        own: Option<&Map<String, Value>>,
        next: &mut BTreeSet<usize>,
    ) -> Result<(), CallError> {
        next.extend(&self.plan.after[place]);
        for ((sources, to), joined) in self.plan.joins.iter().zip(&mut self.joined) {
            if sources.contains(&place) {
                joined.insert(place);
            }
            if joined.len() == sources.len() {
                joined.clear();
                next.insert(*to);
            }
        }
        let state = StateView {
            values: own.unwrap_or(&self.values),
            ty: &self.plan.state,
        };
        for route in self.plan.routes.iter().filter(|route| route.from == place) {
            let names = (route.choose)(state).map_err(|error| failed(&self.named(place), error))?;
            for name in names {
                next.insert(self.target(route, name)?);
            }
        }
        next.remove(&self.plan.outside());
        Ok(())
    }

    fn target(&self, route: &Route, chosen: String) -> Result<usize, CallError> {
        match route.targets.iter().find(|(label, _)| *label == chosen) {
            Some((_, to)) => Ok(*to),
            None => {
                let targets = route
                    .targets
                    .iter()
                    .map(|(label, _)| label.clone())
                    .collect();
                let error = GraphRunError::UnknownTarget { chosen, targets };
                Err(CallError::step(self.named(route.from), error))
            }
        }
    }

    fn has_route(&self, node: usize) -> bool {
        self.plan.routes.iter().any(|route| route.from == node)
    }

    /// The state as it was before the step, with what this node wrote.
    fn seen_by(
        &self,
        before: &Map<String, Value>,
        node: usize,
        update: &Update,
    ) -> Result<Map<String, Value>, CallError> {
        let mut own = before.clone();
        let update = update.iter().map(|written| match written {
            Written::Value(value) => Written::Value(value.clone()),
            Written::Nothing => Written::Nothing,
            Written::Gone => Written::Gone,
        });
        put_all(self.plan, &mut own, node, update.collect()).map_err(|error| self.fail(error))?;
        Ok(own)
    }

    /// `compile` has told all nodes that write one field at the same time, unless loops and joins let nodes
    /// overtake each other.
    fn check_writers(&self, ended: &[(usize, Update)]) -> Result<(), CallError> {
        let mut written: Vec<(&str, usize)> = Vec::new();
        for (node, update) in ended {
            for (field, value) in self.plan.writes[*node].iter().zip(update) {
                let (Some(field), Written::Value(_) | Written::Gone) = (field, value) else {
                    continue;
                };
                if self.plan.reducers.contains_key(field) {
                    continue;
                }
                if let Some((_, first)) = written.iter().find(|(other, _)| other == field) {
                    return Err(self.fail(GraphRunError::TwoWriters {
                        field: field.clone(),
                        first: self.plan.names[*first].clone(),
                        second: self.plan.names[*node].clone(),
                    }));
                }
                written.push((field, *node));
            }
        }
        Ok(())
    }

    fn not_done(&self, steps: usize, next: &BTreeSet<usize>) -> CallError {
        let next = next.iter().map(|node| self.plan.names[*node].clone());
        let next = next.collect();
        self.fail(GraphRunError::TooManySteps { steps, next })
    }

    /// A failure of the graph itself.
    fn fail(&self, error: GraphRunError) -> CallError {
        let step = match self.path {
            "" => &self.plan.name,
            path => path,
        };
        CallError::step(step, error)
    }

    /// The path of a node. The start has the name of the graph.
    fn named(&self, place: usize) -> String {
        match (self.path, self.plan.names.get(place)) {
            ("", Some(name)) => name.clone(),
            (path, Some(name)) => format!("{path}.{name}"),
            ("", None) => self.plan.name.clone(),
            (path, None) => path.to_owned(),
        }
    }
}

/// Puts what a node wrote into the state.
fn put_all(
    plan: &Plan,
    values: &mut Map<String, Value>,
    node: usize,
    update: Update,
) -> Result<(), GraphRunError> {
    for (field, written) in plan.writes[node].iter().zip(update) {
        let Some(field) = field else {
            continue;
        };
        match written {
            Written::Value(value) => put(plan, values, field, value)?,
            Written::Gone if !plan.reducers.contains_key(field) => {
                values.swap_remove(field);
            }
            Written::Gone | Written::Nothing => {}
        }
    }
    Ok(())
}

fn put(
    plan: &Plan,
    values: &mut Map<String, Value>,
    field: &str,
    value: Value,
) -> Result<(), GraphRunError> {
    let value = match plan.reducers.get(field) {
        None => value,
        Some(reducer) => {
            let held = values.get_mut(field).map(Value::take);
            let reduced = reducer.reduce(held, value);
            reduced.map_err(|problem| GraphRunError::Reducer {
                field: field.to_owned(),
                problem,
            })?
        }
    };
    match values.get_mut(field) {
        Some(held) => *held = value,
        None => {
            values.insert(field.to_owned(), value);
        }
    }
    Ok(())
}
