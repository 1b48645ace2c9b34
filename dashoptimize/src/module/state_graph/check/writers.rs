//! Nodes that write one field at the same time, and reducers.

use super::super::any_node::NodeFacts;
use super::super::error::GraphProblemKind as Kind;
use super::super::reducer::Reducer;
use super::super::topology::Topology;
use super::fields::Fields;
use super::problems::{Problems, instead};

pub(super) fn check(
    fields: &Fields,
    nodes: &[(&str, &NodeFacts)],
    topology: &Topology,
    reducers: &[(String, Reducer)],
    problems: &mut Problems,
) {
    for (index, (field, reducer)) in reducers.iter().enumerate() {
        let is_twice = reducers[..index].iter().any(|(other, _)| other == field);
        if let Some(problem) = problem_of(fields, field, reducer, is_twice) {
            problems.add(
                Kind::Reducer,
                format!("the reducer of `{field}`: {problem}"),
            );
        }
    }
    let at_once = topology.at_once();
    for (field, writers) in &fields.writers {
        if reducers.iter().any(|(other, _)| other == field) {
            continue;
        }
        let pair = at_once
            .iter()
            .find(|(one, other)| writers.contains(one) && writers.contains(other));
        if let Some((one, other)) = pair {
            let (one, other) = (nodes[*one].0, nodes[*other].0);
            let problem = format!(
                "`{one}` and `{other}` can run at the same time, and both write `{field}`; name a `reducer` for it, \
                 or add an edge so that one runs after the other"
            );
            problems.add(Kind::Writers, problem);
        }
    }
}

fn problem_of(fields: &Fields, field: &str, reducer: &Reducer, is_twice: bool) -> Option<String> {
    if !fields.state.may_have(field) {
        let names = fields.state.fields().iter().map(|field| field.name);
        return Some(format!(
            "the state has no such field; {}",
            instead(field, "fields", names)
        ));
    }
    if is_twice {
        return Some("it is named twice; remove one".to_owned());
    }
    if !fields.writers.contains_key(field) {
        return Some("no node writes the field; remove it".to_owned());
    }
    reducer.problem(&fields.state.field(field)?.ty)
}
