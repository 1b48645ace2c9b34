//! The state of a program: read from its predictors, and applied to them.

use std::collections::BTreeSet;

use super::Module;
use crate::state::{State, StateError};

/// The state of the program, as it is now.
pub(super) fn of<M: Module>(program: &M) -> State {
    let predictors = program.predictors().into_iter();
    State {
        predictors: predictors
            .map(|predictor| (predictor.path().to_owned(), predictor.state().clone()))
            .collect(),
    }
}

/// The program with this state, or an error and no change. A predictor that the state does not name stays as
/// it is.
pub(super) fn apply<M: Module>(state: &State, program: &M) -> Result<M, StateError> {
    let mut changed = program.clone();
    check_paths(state, &changed)?;
    for predictor in changed.predictors_mut() {
        if let Some(state) = state.predictors.get(predictor.path()) {
            predictor.set_state(state.clone())?;
        }
    }
    Ok(changed)
}

fn check_paths<M: Module>(state: &State, program: &M) -> Result<(), StateError> {
    let known: Vec<&str> = program.predictors().iter().map(|p| p.path()).collect();
    let mut seen = BTreeSet::new();
    if let Some(path) = known.iter().find(|path| !seen.insert(**path)) {
        return Err(StateError::SamePath {
            path: (*path).to_owned(),
        });
    }
    let mut paths = state.predictors.keys();
    match paths.find(|path| !known.contains(&path.as_str())) {
        Some(path) => Err(StateError::UnknownPredictor {
            path: path.clone(),
            known: format!("`{}`", known.join("`, `")),
        }),
        None => Ok(()),
    }
}
