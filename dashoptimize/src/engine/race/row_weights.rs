//! Which rows are drawn more probably.

use super::headroom::RowScores;
use crate::evaluate::Measured;

/// The number of different weights: from 1 to this.
pub(super) const WEIGHTS: usize = 4;

/// The rows by their weight, the first of weight 1.
pub(super) type RowsByWeight = [Vec<usize>; WEIGHTS];

/// All rows, with the same weight.
pub(super) fn equal(rows: usize) -> RowsByWeight {
    let mut by_weight = RowsByWeight::default();
    by_weight[0] = (0..rows).collect();
    by_weight
}

/// The rows of these evaluations: the more a row can tell, the larger its weight. There are few different
/// weights, so that a draw takes no longer the more rows there are.
pub(super) fn by_what_they_tell(evaluations: &[&Measured]) -> RowsByWeight {
    let mut by_weight = RowsByWeight::default();
    for (row, scores) in RowScores::of(evaluations).iter().enumerate() {
        let steps = (WEIGHTS - 1) as f64 * scores.told();
        by_weight[(steps.round() as usize).min(WEIGHTS - 1)].push(row);
    }
    by_weight
}
