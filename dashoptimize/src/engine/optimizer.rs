//! A search with a metric.

use super::optimize::optimize;
use super::optimized::{OptimizeError, Optimized};
use super::plan::Plan;
use super::run::Run;
use super::search::Search;
use crate::evaluate::{Example, Metric, Splits};
use crate::lm::BoxFuture;
use crate::module::Module;

/// A search that has its metric, so that it can be run.
pub trait Optimizer<M: Module, E: Example<M::Input>>: Search<M, E> {
    /// The metric to improve.
    fn metric(&self) -> &dyn Metric<E, M::Output>;

    /// What the run takes: ranges for rollouts, proposals, calls, tokens, dollars and minutes, and what speaks
    /// against starting it. No model is called and nothing is written. [`Plan`] shows an example.
    fn plan(&self, student: &M, data: &Splits<E>, run: &Run) -> Plan {
        Plan::of(self, self.metric(), student, data, run)
    }

    /// Optimizes a program: measures it, searches, and judges the result on the hold-out. The given
    /// program is not changed.
    ///
    /// # Errors
    ///
    /// If the run cannot continue; see [`Stop`](super::Stop). A budget that is used up is a normal end.
    // The future is boxed so that rustc knows its type even if the optimizer does not fit the
    // program. It then says so once, and not again at every use of the future.
    fn optimize<'a>(
        &'a self,
        student: &'a M,
        data: &'a Splits<E>,
        run: &'a Run,
    ) -> BoxFuture<'a, Result<Optimized<M>, OptimizeError>> {
        Box::pin(optimize(self, self.metric(), student, data, run))
    }
}
