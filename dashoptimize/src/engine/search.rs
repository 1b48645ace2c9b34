//! What the engine asks of an optimizer.

use std::future::Future;

use serde_json::Value;

use super::{Candidate, OptimizeError, Optimized, Run, Stop, Study};
use crate::evaluate::{Example, Metric, Splits};
use crate::lm::BoxFuture;
use crate::module::Module;

/// One way to look for a better program. Implement [`search`](Self::search); the engine owns budget,
/// scheduling, journal, resume, hold-out and verdict, and the study owns the metric.
///
/// The rule that makes resume exact: decide only by what the [`Study`] gives and by
/// [`Study::rng`], never by a clock, an address or the order of a hash map.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an optimizer of this program",
    label = "this cannot look for a better one",
    note = "for an optimizer of your own, implement `dashoptimize::optimizer::Search`"
)]
pub trait Search<M: Module, E: Example<M::Input>>: Send + Sync {
    /// Name in reports and artifacts, as the field writes it.
    fn name(&self) -> &'static str;

    /// The settings, as they go into the run folder and the artifact.
    fn settings(&self) -> Value;

    /// Looks for a better state of the program.
    ///
    /// # Errors
    ///
    /// Whatever the study stops with, handed on. At the end of the budget the best candidate that
    /// was evaluated whole becomes the result.
    fn search(
        &self,
        study: &Study<'_, M, E>,
    ) -> impl Future<Output = Result<Candidate<M>, Stop>> + Send;
}

/// A search that knows its metric, so that it can be run.
pub trait Optimizer<M: Module, E: Example<M::Input>>: Search<M, E> {
    /// The metric to improve.
    fn metric(&self) -> &dyn Metric<E, M::Output>;

    /// Optimizes a program: measures it, searches, and judges the result on the hold-out. The
    /// program given is not changed.
    ///
    /// # Errors
    ///
    /// Where the run cannot go on; see [`Stop`]. A budget that is used up is a normal end.
    // The future is boxed so that rustc knows its type even where the optimizer does not fit the
    // program: then it says so once, and not again at every use of the future.
    fn optimize<'a>(
        &'a self,
        student: &'a M,
        data: &'a Splits<E>,
        run: &'a Run,
    ) -> BoxFuture<'a, Result<Optimized<M>, OptimizeError>> {
        Box::pin(super::optimize(self, student, data, run))
    }
}
