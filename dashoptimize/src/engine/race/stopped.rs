//! What is known of a candidate that a race stopped.

use std::fmt;

use crate::evaluate::Measured;
use crate::evaluate::statistics::EValue;
use crate::lm::Spend;

/// What is known of a candidate that a race stopped before the last row.
///
/// It is no [`Evaluation`](crate::engine::Evaluation): the rows were drawn with unequal probabilities, so their
/// mean is not the score of the candidate, and no candidate is chosen by it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct StoppedEvaluation {
    /// How many rows it was run on.
    pub rows: usize,
    /// How many rows the part has.
    pub of: usize,
    /// The number of the candidate that it is worse than.
    pub worse_than: u32,
    /// The evidence that it is not the best of the race on the whole part.
    pub e_value: EValue,
    /// What was measured on the rows that it was run on.
    pub so_far: Measured,
    /// What that cost.
    pub spend: Spend,
}

/// `stopped after 16 of 50 rows, worse than #3 (e-value 31.2)`
impl fmt::Display for StoppedEvaluation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            rows,
            of,
            worse_than,
            e_value,
            ..
        } = self;
        write!(f, "stopped after {rows} of {of} rows, ")?;
        match e_value.ln().is_infinite() {
            true => write!(f, "it cannot do better than #{worse_than} any more"),
            false => write!(f, "worse than #{worse_than} (e-value {e_value})"),
        }
    }
}
