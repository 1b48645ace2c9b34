//! Metrics as values of one type.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use super::metric::Metric;
use super::score::{MetricError, Score};
use super::score_range::ScoreRange;
use crate::call::Context;
use crate::lm::{BoxFuture, Lm};

/// A metric as a shared value of a type that does not depend on the metric, for programs that keep
/// metrics in collections.
///
/// ```
/// use dashoptimize::evaluate::{MetricFn, exact_match, f1_score};
///
/// let metrics: Vec<MetricFn<String, String>> = vec![
///     MetricFn::new(|gold: &String, predicted: &String| exact_match(gold, predicted)),
///     MetricFn::new(|gold: &String, predicted: &String| f1_score(gold, predicted)),
/// ];
/// ```
pub struct MetricFn<E, O> {
    metric: Arc<dyn Metric<E, O>>,
}

impl<E, O> MetricFn<E, O> {
    /// Shares a metric. Name, version, range and models remain those of the metric.
    pub fn new(metric: impl Metric<E, O> + 'static) -> Self {
        Self {
            metric: Arc::new(metric),
        }
    }
}

impl<E, O> Clone for MetricFn<E, O> {
    fn clone(&self) -> Self {
        Self {
            metric: Arc::clone(&self.metric),
        }
    }
}

/// Shows the name of the metric.
impl<E, O> fmt::Debug for MetricFn<E, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("MetricFn")
            .field(&self.metric.name())
            .finish()
    }
}

impl<E: Sync, O: Sync> Metric<E, O> for MetricFn<E, O> {
    fn score<'a>(
        &'a self,
        gold: &'a E,
        prediction: &'a O,
        context: &'a Context<'a>,
    ) -> BoxFuture<'a, Result<Score, MetricError>> {
        self.metric.score(gold, prediction, context)
    }

    fn name(&self) -> Cow<'_, str> {
        self.metric.name()
    }

    fn version(&self) -> Option<u32> {
        self.metric.version()
    }

    fn range(&self) -> ScoreRange {
        self.metric.range()
    }

    fn models(&self) -> Vec<Lm> {
        self.metric.models()
    }
}
