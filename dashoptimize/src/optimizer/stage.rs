//! Optimizers with a metric, and without one of their own: stages of a pipeline.

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

/// Makes an optimizer and a stage of a search with a field `metric` and a function `with(metric)`.
macro_rules! takes_metric {
    ($Optimizer:ident: $default:literal) => {
        $crate::optimizer::stage::takes_metric!(@new $Optimizer: $default);

        $crate::optimizer::stage::takes_metric!(@optimize $Optimizer);

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
                Self::with($crate::optimizer::NoMetric)
            }
        }
    };
    (@new $Optimizer:ident: $default:literal) => {
        // Rows and predictions become known where the optimizer is used. A metric that does not fit them is
        // reported where it is written.
        impl<'m, E, O> $Optimizer<$crate::evaluate::OptimizerMetric<'m, E, O>> {
            #[doc = concat!("With this metric, and ", $default)]
            pub fn new<Way>(metric: impl $crate::evaluate::MetricFor<E, O, Way> + 'm) -> Self {
                Self::with($crate::evaluate::OptimizerMetric::new(metric))
            }
        }
    };
    (@optimize $Optimizer:ident $(, $B:ident: $Compare:ident)?) => {
        impl<E, O, $($B)?> $Optimizer<$crate::evaluate::OptimizerMetric<'_, E, O>, $($B)?> {
            /// As [`Optimizer::optimize`]($crate::optimizer::Optimizer::optimize).
            ///
            /// # Errors
            ///
            /// As [`Optimizer::optimize`]($crate::optimizer::Optimizer::optimize).
            // For an inherent method, rustc says which of the parts does not fit the others.
            pub fn optimize<'a, M>(
                &'a self,
                student: &'a M,
                data: &'a $crate::evaluate::Splits<E>,
                run: &'a $crate::engine::Run,
            ) -> $crate::lm::BoxFuture<
                'a,
                Result<$crate::engine::Optimized<M>, $crate::engine::OptimizeError>,
            >
            where
                M: $crate::module::Module<Output = O>,
                E: $crate::evaluate::Example<M::Input>,
                $($B: $Compare<M>,)?
            {
                $crate::optimizer::Optimizer::optimize(self, student, data, run)
            }
        }
    };
}
pub(super) use takes_metric;
