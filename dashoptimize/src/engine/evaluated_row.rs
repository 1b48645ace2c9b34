//! One row of an evaluation: what the program answered, and how good that was.

use super::rollout::Rollout;
use crate::evaluate::{Outcome, RowOrigin};

/// One row of an evaluation: what the program answered, and how good that was.
/// [`Run::evaluate`](super::Run::evaluate) returns one for each row.
///
/// ```
/// use std::collections::BTreeMap;
///
/// use dashoptimize::engine::EvaluatedRow;
///
/// /// How often each label was answered where another one, or the same, is right.
/// fn confusion(gold: &[&str], rows: &[EvaluatedRow<String>]) -> BTreeMap<(String, String), usize> {
///     let mut counts = BTreeMap::new();
///     for row in rows {
///         // `None` if the program failed on the row.
///         let answer = row.output.clone().unwrap_or_default();
///         *counts.entry((gold[row.index].to_owned(), answer)).or_default() += 1;
///     }
///     counts
/// }
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct EvaluatedRow<O> {
    /// The index of the row among those that were evaluated, from 0.
    pub index: usize,
    /// Where the row came from. `None` if the rows are a slice or a `Vec`, which do not know.
    pub origin: Option<RowOrigin>,
    /// What the program answered. `None` if it failed, so that there was nothing to judge.
    pub output: Option<O>,
    /// The run of the program on the row: its score, its calls, its cost, its time.
    pub rollout: Rollout,
}

impl<O> EvaluatedRow<O> {
    /// How the row ended.
    #[must_use]
    pub const fn outcome(&self) -> &Outcome {
        self.rollout.outcome()
    }

    /// The score of the row, as in [`Rollout::score`].
    #[must_use]
    pub const fn score(&self) -> Option<f64> {
        self.rollout.score()
    }
}
