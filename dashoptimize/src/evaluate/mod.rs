//! Data sets and split types, metrics, outcomes, statistics, the verdict.

mod example;
mod metric;
mod outcome;
mod score;

pub use example::Example;
pub use metric::{AsyncMetric, Metric, MetricFn, async_metric};
pub use outcome::Outcome;
pub use score::{IntoScore, MetricError, Score};
