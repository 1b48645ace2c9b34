//! Data sets and split types, metrics, outcomes, statistics, the verdict.

mod data;
mod example;
pub(crate) mod measured;
mod metric;
mod outcome;
mod score;
pub mod statistics;
mod text_metrics;
mod verdict;
mod verdict_rule;

pub use data::{
    ContentId, DataError, Dataset, Holdout, Loader, Origin, Ratio, RowProblem, Splits, Train, Val,
};
pub use example::Example;
pub use measured::{Failures, Measured};
pub use metric::{AsyncMetric, Metric, MetricFn, async_metric};
pub use outcome::Outcome;
pub use score::{IntoScore, MetricError, Score};
pub(crate) use text_metrics::normalized;
pub use text_metrics::{exact_match, f1_score, normalized_match, precision, recall};
pub use verdict::{Decision, Test, Verdict};
pub use verdict_rule::{VerdictError, VerdictRule};
