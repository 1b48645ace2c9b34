//! Optimizers without a metric of their own: stages of a pipeline.

/// Takes the place of a metric: the optimizer is a stage of a
/// [`BetterTogether`](super::BetterTogether), which has the metric for all of its stages.
#[derive(Clone, Copy, Debug)]
pub struct NoMetric;

/// An optimizer that can be made without a metric, to be a stage of a pipeline. This is what
/// `pipeline!(A { … } >> B { … })` needs of the optimizers in it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an optimizer",
    label = "this cannot be a stage of an optimizer pipeline",
    note = "a stage is an optimizer with its settings, as in `RandomSearch {{ seeds: -3..3 }}`; for one of your own, implement `dashoptimize::optimizer::Stage`"
)]
pub trait Stage: Sized {
    // With a name for `Self`, the only error about a type that is not an optimizer is that it is not.
    /// `Self`.
    type Own;

    /// The optimizer with its default settings, and without a metric.
    fn stage() -> Self::Own;
}

/// Makes an optimizer and a stage of a search with a field `metric` and a function `new(metric)`.
macro_rules! takes_metric {
    ($Optimizer:ident) => {
        impl<M, E, X> $crate::optimizer::Optimizer<M, E> for $Optimizer<X>
        where
            M: $crate::module::Module,
            E: $crate::evaluate::Example<M::Input>,
            X: $crate::evaluate::Metric<E, M::Output>,
        {
            fn metric(&self) -> &dyn $crate::evaluate::Metric<E, M::Output> {
                &self.metric
            }
        }

        #[diagnostic::do_not_recommend]
        impl $crate::optimizer::Stage for $Optimizer {
            type Own = Self;

            fn stage() -> Self {
                Self::new($crate::optimizer::NoMetric)
            }
        }
    };
}
pub(super) use takes_metric;
