//! How good a prediction is, against the labelled row.

use std::fmt;
use std::sync::Arc;

use super::score::{IntoScore, MetricError, Score};
use crate::call::Context;
use crate::lm::BoxFuture;

/// A judge of predictions.
///
/// Any `Fn(&Row, &Output) -> impl IntoScore` is one; [`async_metric`] makes one of a function that
/// waits.
#[diagnostic::on_unimplemented(
    message = "this is not a metric for rows of `{E}` and predictions of `{O}`",
    label = "expected a function `fn(&{E}, &{O})` that returns a bool, a number or a `Score`",
    note = "write the argument types out: `|gold: &{E}, prediction: &{O}| …`"
)]
pub trait Metric<E, O>: Send + Sync {
    /// Judges one prediction. A metric that asks a model does so in this context: its calls then
    /// count against the budget of the run and are in its journal, like all others.
    fn score<'a>(
        &'a self,
        gold: &'a E,
        prediction: &'a O,
        context: &'a Context<'a>,
    ) -> BoxFuture<'a, Result<Score, MetricError>>;
}

impl<E, O, F, R> Metric<E, O> for F
where
    E: Sync,
    O: Sync,
    F: Fn(&E, &O) -> R + Send + Sync,
    R: IntoScore,
{
    fn score<'a>(
        &'a self,
        gold: &'a E,
        prediction: &'a O,
        _: &'a Context<'a>,
    ) -> BoxFuture<'a, Result<Score, MetricError>> {
        let score = self(gold, prediction).into_score();
        Box::pin(std::future::ready(score))
    }
}

/// A metric as a shared value, for programs that keep metrics in collections.
pub struct MetricFn<E, O> {
    metric: Arc<dyn Metric<E, O>>,
}

impl<E, O> MetricFn<E, O> {
    /// Shares a metric.
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

impl<E, O> fmt::Debug for MetricFn<E, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MetricFn")
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
}

/// A metric that waits, such as one that asks a judge: any module, called in the context that the
/// metric is given.
///
/// ```
/// use dashoptimize::evaluate::async_metric;
/// use dashoptimize::call::Context;
/// use dashoptimize::module::Module;
/// use dashoptimize::prelude::*;
/// # use dashoptimize::lm::Scripted;
///
/// /// Say whether both answers mean the same.
/// #[signature]
/// struct SameMeaning {
///     #[input]
///     expected: String,
///     #[input]
///     answer: String,
///     #[output]
///     is_same: bool,
/// }
///
/// # let lm = Scripted::replies(["[[ ## is_same ## ]]\ntrue"]);
/// let judge = Predict::<SameMeaning>::new(lm);
/// let metric = async_metric(move |gold: &String, prediction: &String, context: &Context<'_>| {
///     let (judge, expected, answer) = (judge.clone(), gold.clone(), prediction.clone());
///     Box::pin(async move {
///         let input = SameMeaningInput { expected, answer };
///         judge.forward(context, input).await.map(|verdict| verdict.is_same)
///     })
/// });
/// # let _: &dyn dashoptimize::evaluate::Metric<String, String> = &metric;
/// ```
pub const fn async_metric<E, O, F, R>(judge: F) -> AsyncMetric<F>
where
    F: for<'a> Fn(&'a E, &'a O, &'a Context<'a>) -> BoxFuture<'a, R>,
{
    AsyncMetric { judge }
}

/// What [`async_metric`] gives.
#[derive(Clone, Copy)]
pub struct AsyncMetric<F> {
    judge: F,
}

impl<F> fmt::Debug for AsyncMetric<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AsyncMetric")
    }
}

impl<E, O, F, R> Metric<E, O> for AsyncMetric<F>
where
    E: Sync,
    O: Sync,
    F: for<'a> Fn(&'a E, &'a O, &'a Context<'a>) -> BoxFuture<'a, R> + Send + Sync,
    R: IntoScore + 'static,
{
    fn score<'a>(
        &'a self,
        gold: &'a E,
        prediction: &'a O,
        context: &'a Context<'a>,
    ) -> BoxFuture<'a, Result<Score, MetricError>> {
        let judgement = (self.judge)(gold, prediction, context);
        Box::pin(async move { judgement.await.into_score() })
    }
}
