//! Why scores cannot be judged.

use super::score_range::ScoreRange;
use crate::error_text::debug_is_message;

/// Scores that cannot be judged.
#[derive(Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum VerdictError {
    /// The two programs were run on different numbers of rows.
    #[non_exhaustive]
    #[error(
        "the baseline was run on {baseline} rows and the candidate on {candidate}; both must be run \
         on the same rows in the same order"
    )]
    RowsDiffer {
        /// The number of rows of the baseline.
        baseline: usize,
        /// The number of rows of the candidate.
        candidate: usize,
    },
    /// There is not one cluster for each row.
    #[non_exhaustive]
    #[error(
        "{clusters} clusters were given for {rows} rows; each row needs the number of its cluster"
    )]
    ClustersDiffer {
        /// The number of rows.
        rows: usize,
        /// The number of clusters that were given.
        clusters: usize,
    },
    /// A score is outside of the range, or not a number.
    #[non_exhaustive]
    #[error("the score of row {row} (from 0) is {score}; the range of the metric is {range}")]
    OutOfRange {
        /// The index of the row, from 0.
        row: usize,
        /// The score.
        score: f64,
        /// The range of the scores.
        range: ScoreRange,
    },
}

debug_is_message!(VerdictError);
