//! What SIMBA says of a step.

use std::fmt;

use crate::engine::SearchEvent;

/// SIMBA has made a step.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct SIMBAStep {
    /// The number of the step, from 1.
    pub step: usize,
    /// How many steps there are at most.
    pub of: usize,
    /// How many candidates were made.
    pub candidates: usize,
    /// The average of the best of them on the batch. `None` if there was none.
    pub best: Option<f64>,
}

/// `step 2 of 8: 6 candidates, the best with an average of 0.719`
impl fmt::Display for SIMBAStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "step {} of {}: ", self.step, self.of)?;
        match (self.candidates, self.best) {
            (0, _) => f.write_str("no candidate, because nothing is to be learned of the batch"),
            (count, Some(best)) => write!(
                f,
                "{count} candidate{}, the best with an average of {best:.3}",
                if count == 1 { "" } else { "s" }
            ),
            (count, None) => write!(f, "{count} candidates without a score"),
        }
    }
}

impl SearchEvent for SIMBAStep {}
