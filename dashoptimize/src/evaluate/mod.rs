//! Data sets and split types, metrics, outcomes, statistics, the verdict.

mod async_metric;
mod data;
mod example;
mod failure_counts;
pub(crate) mod measured;
mod metric;
mod metric_fn;
mod outcome;
mod score;
mod score_summary;
pub mod statistics;
mod text_metrics;
mod type_name;
mod verdict;
mod verdict_rule;

pub use async_metric::{AsyncMetric, async_metric};
pub use data::{
    ContentId, ContentIdError, DataError, Dataset, Holdout, Loader, Ratio, RowOrigin, RowProblem,
    Splits, SplitsBuilder, Train, Val,
};
pub use example::Example;
pub use failure_counts::FailureCounts;
pub use measured::Measured;
pub use metric::{DescribedMetric, Metric};
pub use metric_fn::MetricFn;
pub use outcome::Outcome;
pub use score::{IntoScore, MetricError, Score};
pub(crate) use text_metrics::normalized;
pub use text_metrics::{exact_match, f1_score, normalized_match, precision, recall};
pub use verdict::{Decision, PairedTest, Verdict};
pub use verdict_rule::{VerdictError, VerdictRule};
