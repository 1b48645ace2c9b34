//! What MIPROv2 says of a trial.

use std::fmt;

use crate::engine::SearchEvent;
use crate::evaluate::Measured;

/// MIPROv2 tried a combination of instructions and demos.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct MIPROv2Trial {
    /// The number of the trial, from 1.
    pub trial: usize,
    /// How many trials there are at most.
    pub of: usize,
    /// Which instruction and which set of demos each predictor has, in words.
    pub choices: String,
    /// What was measured on the minibatch, or on the whole validation part if there are no minibatches.
    pub measured: Measured,
}

/// `trial 3 of 10, instruction 1, demo set 4: 62.9 % of 35 rows (95 % 46.3–76.8)`
impl fmt::Display for MIPROv2Trial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            trial,
            of,
            choices,
            measured,
        } = self;
        write!(f, "trial {trial} of {of}, {choices}: {measured}")
    }
}

impl SearchEvent for MIPROv2Trial {}
