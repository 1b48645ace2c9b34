//! What the engine asks of an optimizer.

use std::future::Future;

use serde_json::Value;

use super::candidate::Candidate;
use super::plan::{Forecast, Sizes};
use super::stop::Stop;
use super::study::Study;
use crate::evaluate::Example;
use crate::lm::Lm;
use crate::module::Module;

/// A search for a better program. Implement [`search`](Self::search); the engine takes care of budget,
/// scheduling, journal, resuming, hold-out and verdict, and the study of the metric.
///
/// A resumed run takes the same decisions again. That holds if a search decides only by what the
/// [`Study`] gives it and by [`Study::rng`], never by a clock, an address or the order of a hash map.
///
/// To keep different searches in one list, use [`DynSearch`](super::DynSearch).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an optimizer of this program",
    label = "this cannot look for a better one",
    note = "for an optimizer of your own, implement `dashoptimize::optimizer::Search`"
)]
pub trait Search<M: Module, E: Example<M::Input>>: Send + Sync {
    /// The name in reports and artifacts, as it is used in the literature.
    fn name(&self) -> &'static str;

    /// The settings, as they are written to the run folder and the artifact. An optimizer that derives
    /// `Serialize` returns `json!(self)`.
    fn settings(&self) -> Value;

    /// The models that the search calls besides those of the program: teachers, proposers, judges.
    /// Their prices must be known if there is a budget in dollars, and a run folder belongs to a run
    /// with the same models. By default there are none.
    fn models(&self) -> Vec<Lm> {
        Vec::new()
    }

    /// What the search takes at most, by its settings and the size of the task, for the
    /// [plan](super::Plan) of a run. By default nothing is known.
    fn forecast(&self, sizes: Sizes) -> Forecast {
        let _ = sizes;
        Forecast::UNKNOWN
    }

    /// Looks for a better state of the program.
    ///
    /// # Errors
    ///
    /// Whatever the study stops with, passed on. If the budget is used up, the best candidate that was
    /// completely evaluated becomes the result.
    fn search(
        &self,
        study: &Study<'_, M, E>,
    ) -> impl Future<Output = Result<Candidate<M>, Stop>> + Send;
}
