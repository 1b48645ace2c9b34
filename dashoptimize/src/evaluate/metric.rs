//! Metrics: how good a prediction is, compared with the labelled row.

use std::any::type_name;
use std::borrow::Cow;
use std::sync::Arc;

use super::score::{IntoScore, MetricError, Score};
use super::score_range::ScoreRange;
use super::type_name::without_paths;
use crate::call::Context;
use crate::lm::{BoxFuture, Lm};

/// A judge of predictions: it compares a prediction of type `O` with a labelled row of type `E`.
///
/// Any function or closure `Fn(&E, &O) -> R` is a metric if `R` is [`IntoScore`]: a `bool`, a number, a
/// number with feedback, a [`Score`], or a `Result` of one of these. [`async_metric`](super::async_metric)
/// makes a metric of a function that awaits something, such as a judge that is a module.
///
/// # The range of the scores
///
/// A score is from 0 to 1, unless the metric declares another range with
/// [`with_range`](Self::with_range). A failure of the program has the worst score of the range, so
/// that no answer is never better than a bad answer. A score outside of the range is a failure.
///
/// ```
/// use dashoptimize::evaluate::{Metric, ScoreRange};
///
/// let mistakes = |gold: &String, predicted: &String| {
///     let differing = gold.chars().zip(predicted.chars()).filter(|(a, b)| a != b);
///     -(differing.count().min(10) as f64)
/// };
/// let metric = mistakes.with_range(ScoreRange::new(-10.0, 0.0)?);
/// let metric: &dyn Metric<String, String> = &metric;
/// assert_eq!(metric.range().worst(), -10.0);
/// # Ok::<(), dashoptimize::evaluate::ScoreRangeError>(())
/// ```
///
/// # Name, version and models
///
/// A run folder is resumed only by the run that it belongs to, and a metric is part of a run. So
/// give a metric a name and a version with [`named`](Self::named), and raise the version when the
/// metric judges differently than before. A metric that calls models names them with
/// [`with_models`](Self::with_models), so that their prices are known before the first call.
///
/// ```
/// use dashoptimize::evaluate::Metric;
///
/// fn same_intent(gold: &String, predicted: &String) -> bool {
///     gold == predicted
/// }
///
/// let metric: &dyn Metric<String, String> = &same_intent;
/// assert_eq!((metric.name().as_ref(), metric.version()), ("same_intent", None));
///
/// let metric: &dyn Metric<String, String> = &same_intent.named("intent_matches", 2);
/// assert_eq!((metric.name().as_ref(), metric.version()), ("intent_matches", Some(2)));
/// ```
#[diagnostic::on_unimplemented(
    message = "this is not a metric for rows of `{E}` and predictions of `{O}`",
    label = "expected a function `fn(&{E}, &{O})` that returns a bool, a number or a `Score`",
    note = "a closure names its types: `|gold: &{E}, prediction: &{O}| …`"
)]
pub trait Metric<E, O>: Send + Sync {
    /// Judges one prediction.
    ///
    /// A metric that calls a model must do so in this context. Its calls then count against the
    /// budget of the run and are recorded in the journal of the run, like all others.
    fn score<'a>(
        &'a self,
        gold: &'a E,
        prediction: &'a O,
        context: &'a Context<'a>,
    ) -> BoxFuture<'a, Result<Score, MetricError>>;

    /// The name of the metric in reports and run folders.
    ///
    /// By default it is taken from the Rust type: the name of a function without its path, or
    /// `closure in main`; a function pointer has only its type. That changes when the code is renamed or moved, so a metric whose runs are
    /// to be resumed later had better be [`named`](Self::named).
    fn name(&self) -> Cow<'_, str> {
        Cow::Owned(without_paths(type_name::<Self>()))
    }

    /// The version of the metric, if it has one. By default it has none.
    fn version(&self) -> Option<u32> {
        None
    }

    /// The models that the metric calls. By default there are none.
    fn models(&self) -> Vec<Lm> {
        Vec::new()
    }

    /// The range of the scores. By default it is 0 to 1.
    fn range(&self) -> ScoreRange {
        ScoreRange::default()
    }

    /// Gives the metric a name and a version.
    fn named(self, name: impl Into<Cow<'static, str>>, version: u32) -> DescribedMetric<Self>
    where
        Self: Sized,
    {
        DescribedMetric {
            name: Some(name.into()),
            version: Some(version),
            ..DescribedMetric::of(self)
        }
    }

    /// Declares the range of the scores.
    fn with_range(self, range: ScoreRange) -> DescribedMetric<Self>
    where
        Self: Sized,
    {
        DescribedMetric {
            range: Some(range),
            ..DescribedMetric::of(self)
        }
    }

    /// Declares models that the metric calls, in addition to those declared before.
    fn with_models<L: Into<Lm>>(self, models: impl IntoIterator<Item = L>) -> DescribedMetric<Self>
    where
        Self: Sized,
    {
        DescribedMetric {
            models: models.into_iter().map(Into::into).collect(),
            ..DescribedMetric::of(self)
        }
    }
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

/// A shared metric is the metric: name, version, range and models are its own.
impl<E, O, X: Metric<E, O> + ?Sized> Metric<E, O> for Arc<X> {
    fn score<'a>(
        &'a self,
        gold: &'a E,
        prediction: &'a O,
        context: &'a Context<'a>,
    ) -> BoxFuture<'a, Result<Score, MetricError>> {
        (**self).score(gold, prediction, context)
    }

    fn name(&self) -> Cow<'_, str> {
        (**self).name()
    }

    fn version(&self) -> Option<u32> {
        (**self).version()
    }

    fn models(&self) -> Vec<Lm> {
        (**self).models()
    }

    fn range(&self) -> ScoreRange {
        (**self).range()
    }
}

/// A metric with a name, a version, a range or models of its own. [`Metric::named`],
/// [`Metric::with_range`] and [`Metric::with_models`] make one.
#[derive(Clone, Debug)]
pub struct DescribedMetric<X> {
    metric: X,
    name: Option<Cow<'static, str>>,
    version: Option<u32>,
    range: Option<ScoreRange>,
    models: Vec<Lm>,
}

impl<X> DescribedMetric<X> {
    const fn of(metric: X) -> Self {
        Self {
            metric,
            name: None,
            version: None,
            range: None,
            models: Vec::new(),
        }
    }
}

impl<E, O, X: Metric<E, O>> Metric<E, O> for DescribedMetric<X> {
    fn score<'a>(
        &'a self,
        gold: &'a E,
        prediction: &'a O,
        context: &'a Context<'a>,
    ) -> BoxFuture<'a, Result<Score, MetricError>> {
        self.metric.score(gold, prediction, context)
    }

    fn name(&self) -> Cow<'_, str> {
        match &self.name {
            Some(name) => Cow::Borrowed(name),
            None => self.metric.name(),
        }
    }

    fn version(&self) -> Option<u32> {
        self.version.or_else(|| self.metric.version())
    }

    fn range(&self) -> ScoreRange {
        self.range.unwrap_or_else(|| self.metric.range())
    }

    fn models(&self) -> Vec<Lm> {
        let mut models = self.metric.models();
        models.extend(self.models.iter().cloned());
        models
    }
}
