//! In which order the predictors of a program are improved.

use serde::Serialize;

/// In which order a [`GraphOptimizer`](super::GraphOptimizer) improves the predictors of a program.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum OptimizationStrategy {
    /// One predictor after the other, in the order of their execution. It takes the fewest calls, and misses a
    /// change that helps only together with one of a later predictor.
    #[default]
    Sequential,
    /// All predictors in one search. It finds what helps only together, and takes the most calls.
    Joint,
    /// As [`Sequential`](Self::Sequential), again and again until a pass gains nothing.
    Alternating {
        /// How many passes there are at most.
        passes: usize,
    },
}
