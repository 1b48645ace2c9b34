//! Metrics that await something.

use std::any::type_name;
use std::borrow::Cow;
use std::fmt;

use super::metric::Metric;
use super::score::{IntoScore, MetricError, Score};
use super::type_name::without_paths;
use crate::call::Context;
use crate::lm::BoxFuture;

/// Makes a metric of a function that awaits something, such as a judge: any module, called in the
/// context that the metric is given.
///
/// Declare the models that it calls with [`Metric::with_models`].
///
/// ```
/// use dashoptimize::evaluate::{Metric, async_metric};
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
/// # let lm = Lm::new(Scripted::replies(["[[ ## is_same ## ]]\ntrue"]));
/// let judge = Predict::<SameMeaning>::new(lm.clone());
/// let metric = async_metric(move |gold: &String, prediction: &String, context: &Context<'_>| {
///     let (judge, expected, answer) = (judge.clone(), gold.clone(), prediction.clone());
///     Box::pin(async move {
///         let input = SameMeaningInput { expected, answer };
///         judge.forward(context, input).await.map(|verdict| verdict.is_same)
///     })
/// });
/// let metric = metric.named("same_meaning", 1).with_models([lm]);
/// # let _: &dyn dashoptimize::evaluate::Metric<String, String> = &metric;
/// ```
pub const fn async_metric<E, O, F, R>(judge: F) -> AsyncMetric<F>
where
    F: for<'a> Fn(&'a E, &'a O, &'a Context<'a>) -> BoxFuture<'a, R>,
{
    AsyncMetric { judge }
}

/// The metric that [`async_metric`] returns.
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

    fn name(&self) -> Cow<'_, str> {
        Cow::Owned(without_paths(type_name::<F>()))
    }
}
