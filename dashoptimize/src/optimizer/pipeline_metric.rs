//! The metric of an optimizer pipeline, and how rustc says that it is missing or does not fit.

use std::convert::Infallible;
use std::marker::PhantomData;

use serde_json::{Map, Value};

use crate::evaluate::{Example, MetricFor, NoRow, OptimizerMetric, Splits, WithoutRows};
use crate::module::Module;

/// The metric that a pipeline was given, for rows `E` and predictions `O`.
#[derive(Debug)]
pub struct PipelineMetric<E, O>(pub(super) OptimizerMetric<'static, E, O>);

impl<E, O> PipelineMetric<E, O> {
    pub(super) fn new<Way>(metric: impl MetricFor<E, O, Way> + 'static) -> Self {
        Self(OptimizerMetric::new(metric))
    }
}

impl<E, O> Clone for PipelineMetric<E, O> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

/// A metric for a program `M` on rows `E`.
///
/// This one bound says that metric, program and rows fit each other, so that a misfit is one error. All
/// other bounds use [`Rows`](Self::Rows), which exists only if this one holds.
#[diagnostic::on_unimplemented(
    message = "this optimizer pipeline has no metric for this program and these rows",
    label = "program, rows and metric must be of one signature",
    note = "a metric for all stages is given first: `tune.metric(is_right).optimize(…)`"
)]
pub trait GivenMetric<M: Module, E>: Send + Sync {
    /// `E`, known to be rows of the program.
    type Rows: Example<M::Input>;

    /// The metric.
    fn given(&self) -> PipelineMetric<Self::Rows, M::Output>;

    /// The same rows.
    fn rows(rows: &Splits<E>) -> &Splits<Self::Rows>;
}

#[diagnostic::do_not_recommend]
impl<M, E, O> GivenMetric<M, E> for PipelineMetric<E, O>
where
    M: Module<Output = O>,
    E: Example<M::Input>,
{
    type Rows = E;

    fn given(&self) -> Self {
        self.clone()
    }

    fn rows(rows: &Splits<E>) -> &Splits<E> {
        rows
    }
}

/// Rows that cannot exist. As far as rustc knows, a metric could therefore be for two kinds of rows, so
/// that rustc does not conclude from the metric what the rows have to be, but looks at the rows.
#[derive(Debug)]
pub struct NoRows<E>(Infallible, PhantomData<fn() -> E>);

#[diagnostic::do_not_recommend]
impl<M, E, O> GivenMetric<M, NoRows<E>> for PipelineMetric<E, O>
where
    M: Module<Output = O>,
    E: 'static,
    O: Sync,
{
    type Rows = NoRows<E>;

    fn given(&self) -> PipelineMetric<NoRows<E>, O> {
        PipelineMetric::new::<WithoutRows>(())
    }

    fn rows(rows: &Splits<NoRows<E>>) -> &Splits<NoRows<E>> {
        rows
    }
}

impl<E: 'static> NoRow for NoRows<E> {
    fn absent(&self) -> ! {
        match self.0 {}
    }
}

impl<E: 'static, I> Example<I> for NoRows<E> {
    fn input(&self) -> I {
        match self.0 {}
    }

    fn fields(&self) -> Map<String, Value> {
        match self.0 {}
    }
}
