//! Labelled data, metrics, outcomes, statistics and the verdict.
//!
//! - A [`Dataset`] holds labelled rows; [`Splits`] are the training part, the validation part and the
//!   hold-out of an optimization. A [`Loader`] reads both from JSONL and CSV files.
//! - A [`Metric`] judges one prediction. Any function over a labelled row and a prediction is a
//!   metric; [`exact_match`], [`f1_score`] and others compare texts.
//! - Each run of a program on a row ends as one [`Outcome`], and an evaluation gives a [`Measured`]: the
//!   score, its interval, and the failures by kind. An error is not a score.
//! - A [`Verdict`] says whether a candidate is better than its baseline, by a paired test on the
//!   hold-out. [`VerdictRule`] documents the decision; [`statistics`] holds the methods.
//!
//! # Example
//!
//! Evaluating a program, without optimizing it:
//!
//! ```
//! use dashoptimize::evaluate::normalized_match;
//! use dashoptimize::prelude::*;
//! # use dashoptimize::lm::Scripted;
//!
//! /// Name the capital of the country.
//! #[signature]
//! struct Capital {
//!     #[input]
//!     country: String,
//!     #[output]
//!     capital: String,
//! }
//!
//! # let reply = "[[ ## capital ## ]]\nPARIS\n\n[[ ## completed ## ]]";
//! # let lm = Scripted::replies([reply, reply]);
//! # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
//! let row = |country: &str, capital: &str| Capital {
//!     country: country.to_owned(),
//!     capital: capital.to_owned(),
//! };
//! let rows = Dataset::from_vec(vec![row("France", "Paris"), row("Chile", "Santiago")]);
//! let metric = |gold: &Capital, predicted: &CapitalOutput| {
//!     normalized_match(&gold.capital, &predicted.capital)
//! };
//!
//! // A model that answers "PARIS" to every question.
//! let program = Predict::<Capital>::new(lm);
//! let (evaluation, evaluated) = Run::in_memory().evaluate(&program, &rows, &metric).await?;
//! assert_eq!(evaluation.measured.score(), Some(0.5));
//! println!("{}", evaluation.measured); // 50.0 % of 2 rows (95 % 9.5–90.5)
//! for row in evaluated.iter().filter(|row| row.score() != Some(1.0)) {
//!     let answer = row.output.as_ref().map(|output| &*output.capital);
//!     assert_eq!((rows[row.index].capital.as_str(), answer), ("Santiago", Some("PARIS")));
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod async_metric;
mod check_counts;
mod data;
mod evidence;
mod example;
mod failure_counts;
mod failure_reasons;
pub(crate) mod measured;
mod metric;
mod metric_fn;
mod metric_for;
mod model_failure;
mod outcome;
mod paired_scores;
mod ranking;
mod score;
mod score_range;
mod score_summary;
mod smallest_difference;
pub mod statistics;
mod text_metrics;
mod type_name;
mod verdict;
mod verdict_error;
mod verdict_rule;

pub use async_metric::{AsyncMetric, async_metric};
pub use check_counts::CheckCount;
pub(crate) use data::OpenHoldout;
pub use data::{
    ContentId, ContentIdError, DataError, Dataset, Holdout, Loader, Ratio, RowOrigin, RowProblem,
    Rows, Splits, SplitsBuilder, Train, Val,
};
pub use example::Example;
pub use failure_counts::FailureCounts;
pub use measured::Measured;
pub use metric::{DescribedMetric, Metric};
pub use metric_fn::MetricFn;
pub use metric_for::{AsItIs, MetricFor, NoRow, OptimizerMetric, WithoutRows};
pub use outcome::Outcome;
pub use score::{IntoScore, MetricError, Score};
pub use score_range::{ScoreRange, ScoreRangeError};
pub use smallest_difference::SmallestDifference;
pub(crate) use text_metrics::normalized;
pub use text_metrics::{exact_match, f1_score, normalized_match, precision, recall};
pub(crate) use type_name::type_words;
pub use verdict::{Decision, PairedTest, Verdict};
pub use verdict_error::VerdictError;
pub use verdict_rule::VerdictRule;
