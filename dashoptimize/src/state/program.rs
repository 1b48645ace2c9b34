//! The part of a whole program that an optimizer may change.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Demo, Nearest, PredictorState};
use crate::json::map_with_unique_keys;

/// The part of a whole program that an optimizer may change: one entry for each predictor, by path.
///
/// It can hold prose, demos and sampling parameters, and nothing else: names, types and enum variants cannot
/// be expressed in it, so a candidate cannot change the schema.
///
/// ```
/// use dashoptimize::state::{PredictorState, State};
///
/// let answer = PredictorState::default().with_instructions("Answer in one word.");
/// let state = State::from_iter([("answer", answer)]);
/// assert!(state.predictors.contains_key("answer"));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct State {
    /// The predictors by path, such as `query` or `answer.hard`.
    #[serde(deserialize_with = "map_with_unique_keys")]
    pub predictors: BTreeMap<String, PredictorState>,
}

impl State {
    /// Replaces the demos of the predictor at this path, together with how calls choose from them: if
    /// `nearest` is `None`, every call is shown all of them.
    pub fn set_demos(&mut self, path: &str, demos: Vec<Demo>, nearest: Option<Nearest>) {
        let state = self.predictors.entry(path.to_owned()).or_default();
        state.demos = demos;
        state.nearest = nearest;
    }
}

impl<P: Into<String>> FromIterator<(P, PredictorState)> for State {
    fn from_iter<I: IntoIterator<Item = (P, PredictorState)>>(predictors: I) -> Self {
        let predictors = predictors.into_iter();
        Self {
            predictors: predictors
                .map(|(path, predictor)| (path.into(), predictor))
                .collect(),
        }
    }
}
