//! The rule that no training row is shown its own answer.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::candidate::Candidate;
use crate::module::{Module, ModuleExt, Predictor};
use crate::state::{Demo, State, StateError};

/// The program of a candidate for a rollout on the training row of this index: it shows no demo that
/// was made of the row. Without such demos, it is the program of the candidate.
pub(super) fn without_answer<M: Module>(
    candidate: &Candidate<M>,
    row: usize,
    fields: impl FnOnce() -> Map<String, Value>,
) -> Result<M, StateError> {
    let program = candidate.program();
    if shows_no_demos(program) {
        return Ok(program.clone());
    }
    let fields = fields();
    let mut fewer_demos = State::default();
    let mut held_out = BTreeMap::new();
    for predictor in program.predictors() {
        let made_of_row = made_of(candidate, predictor, row, &fields);
        if made_of_row.is_empty() {
            continue;
        }
        let path = predictor.path().to_owned();
        if predictor.state().nearest.is_some() {
            // The index of the pool stays as it is; the call is shown the next nearest demos instead.
            held_out.insert(path, made_of_row);
        } else {
            let mut state = predictor.state().clone();
            remove(&mut state.demos, &made_of_row);
            fewer_demos.predictors.insert(path, state);
        }
    }
    let mut program = match fewer_demos.predictors.is_empty() {
        true => program.clone(),
        false => program.with_state(&fewer_demos)?,
    };
    for predictor in program.predictors_mut() {
        if let Some(demos) = held_out.get(predictor.path()) {
            predictor.hold_out(demos);
        }
    }
    Ok(program)
}

fn shows_no_demos<M: Module>(program: &M) -> bool {
    let predictors = program.predictors();
    predictors.iter().all(|p| p.state().demos.is_empty())
}

/// The demos of a predictor that were made of this row, by index.
fn made_of<M>(
    candidate: &Candidate<M>,
    predictor: &Predictor,
    row: usize,
    fields: &Map<String, Value>,
) -> Vec<usize> {
    let sources = candidate.sources().get(predictor.path());
    let source = |demo: usize| sources.and_then(|sources| Some(sources.get(demo)?.row));
    let demos = predictor.state().demos.iter().enumerate();
    demos
        .filter(|(index, demo)| is_made_of(demo, source(*index), row, fields))
        .map(|(index, _)| index)
        .collect()
}

/// Whether a demo shows the answer of this row. A demo of an inner step also has inputs that no row
/// has. So if the source of a demo is unknown, the inputs that the row does have decide.
fn is_made_of(demo: &Demo, source: Option<usize>, row: usize, fields: &Map<String, Value>) -> bool {
    let mut shared = demo
        .inputs
        .iter()
        .filter(|(name, _)| fields.contains_key(*name))
        .peekable();
    let all_in_row = demo.inputs.keys().all(|name| fields.contains_key(name));
    let equal =
        shared.peek().is_some() && shared.all(|(name, value)| fields.get(name) == Some(value));
    source == Some(row) || (equal && (all_in_row || source.is_none()))
}

/// Removes the demos of these indices, which are in ascending order.
fn remove(demos: &mut Vec<Demo>, indices: &[usize]) {
    let mut index = 0;
    demos.retain(|_| {
        index += 1;
        indices.binary_search(&(index - 1)).is_err()
    });
}
