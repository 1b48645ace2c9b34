//! What says that a value is a metric for rows and predictions, in one error if it is not.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use super::metric::Metric;
use super::score::{MetricError, Score};
use super::score_range::ScoreRange;
use crate::call::Context;
use crate::lm::{BoxFuture, Lm};

/// A [`Metric`] for rows `E` and predictions `O`. Every metric is one; nothing else can be.
///
/// There are two ways to be one, of which only the first is ever taken, so that rustc chooses none before it
/// knows the rows. It then says what it looked for, and not which part of it is missing in a closure, and
/// concludes nothing about the rows from a closure with wrong arguments.
#[diagnostic::on_unimplemented(
    message = "this is not a metric for rows of `{E}` and predictions of `{O}`",
    label = "expected a function `fn(&{E}, &{O})` that returns a bool, a number or a `Score`",
    note = "a closure names its types: `|gold: &{E}, prediction: &{O}| …`; an async function becomes a metric \
            with `async_metric`"
)]
pub trait MetricFor<E, O, Way>: Sized {
    /// The metric.
    fn as_metric(&self) -> &dyn Metric<E, O>;

    /// The metric, shared.
    fn into_shared<'m>(self) -> Arc<dyn Metric<E, O> + 'm>
    where
        Self: 'm;
}

/// The value is a metric.
#[derive(Clone, Copy, Debug)]
pub struct AsItIs;

/// There are no rows that could be judged.
#[derive(Clone, Copy, Debug)]
pub struct WithoutRows;

#[diagnostic::do_not_recommend]
impl<E, O, X: Metric<E, O>> MetricFor<E, O, AsItIs> for X {
    fn as_metric(&self) -> &dyn Metric<E, O> {
        self
    }

    fn into_shared<'m>(self) -> Arc<dyn Metric<E, O> + 'm>
    where
        Self: 'm,
    {
        Arc::new(self)
    }
}

#[diagnostic::do_not_recommend]
impl<E: NoRow, O, X> MetricFor<E, O, WithoutRows> for X {
    fn as_metric(&self) -> &dyn Metric<E, O> {
        &Unused
    }

    fn into_shared<'m>(self) -> Arc<dyn Metric<E, O> + 'm>
    where
        Self: 'm,
    {
        Arc::new(Unused)
    }
}

/// A row that cannot exist.
pub trait NoRow: Send + Sync + 'static {
    /// Proof that there is none.
    fn absent(&self) -> !;
}

struct Unused;

impl<E: NoRow, O> Metric<E, O> for Unused {
    fn score<'a>(
        &'a self,
        gold: &'a E,
        _: &'a O,
        _: &'a Context<'a>,
    ) -> BoxFuture<'a, Result<Score, MetricError>> {
        gold.absent()
    }
}

/// A metric that an optimizer was given, for rows `E` and predictions `O`.
pub struct OptimizerMetric<'m, E, O>(Arc<dyn Metric<E, O> + 'm>);

impl<'m, E, O> OptimizerMetric<'m, E, O> {
    /// Shares the metric. Rows and predictions may become known later.
    pub fn new<Way>(metric: impl MetricFor<E, O, Way> + 'm) -> Self {
        Self(metric.into_shared())
    }
}

impl<E, O> Clone for OptimizerMetric<'_, E, O> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

/// Shows the name of the metric.
impl<E, O> fmt::Debug for OptimizerMetric<'_, E, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.name())
    }
}

impl<E, O> Metric<E, O> for OptimizerMetric<'_, E, O> {
    fn score<'a>(
        &'a self,
        gold: &'a E,
        prediction: &'a O,
        context: &'a Context<'a>,
    ) -> BoxFuture<'a, Result<Score, MetricError>> {
        self.0.score(gold, prediction, context)
    }

    fn name(&self) -> Cow<'_, str> {
        self.0.name()
    }

    fn version(&self) -> Option<u32> {
        self.0.version()
    }

    fn models(&self) -> Vec<Lm> {
        self.0.models()
    }

    fn range(&self) -> ScoreRange {
        self.0.range()
    }
}
