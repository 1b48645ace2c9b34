//! What an optimizer may change of a whole program.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Demo, Nearest, PredictorState};

/// The changeable part of a whole program: one entry for each predictor, by path.
///
/// It can hold prose, demos and sampling parameters, and nothing else: names, types and enum
/// variants cannot be expressed in it, so a candidate cannot change the schema.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct State {
    /// The predictors by path, such as `query` or `answer.hard`.
    pub predictors: BTreeMap<String, PredictorState>,
}

impl State {
    /// Replaces the demos of the predictor at this path, together with how calls choose from them:
    /// `nearest` is `None` where every call is shown all of them.
    pub fn set_demos(&mut self, path: &str, demos: Vec<Demo>, nearest: Option<Nearest>) {
        let state = self.predictors.entry(path.to_owned()).or_default();
        state.demos = demos;
        state.nearest = nearest;
    }
}
