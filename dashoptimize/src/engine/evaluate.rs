//! Evaluation on its own, without an optimizer.

use super::candidate::Candidate;
use super::evaluation::{Evaluation, Part};
use super::evaluator::Evaluator;
use super::manifest;
use super::run::Run;
use super::stop::Stop;
use crate::evaluate::{Example, Metric, Outcome};
use crate::module::Module;

impl Run {
    /// Tries a program on rows: at most as many calls at once as the run allows, one [`Outcome`] for
    /// each row, in the order of the rows. Where the budget ends, the rows that are left are
    /// [`Outcome::Refused`].
    ///
    /// # Errors
    ///
    /// Where too many rollouts fail, nothing can be called any more, or the budget cannot be watched
    /// over, such as one in dollars for a model of unknown price.
    pub async fn evaluate<M, E>(
        &self,
        program: &M,
        rows: &[E],
        metric: &impl Metric<E, M::Output>,
    ) -> Result<(Evaluation, Vec<Outcome>), Stop>
    where
        M: Module,
        E: Example<M::Input>,
    {
        let mut outcomes = Vec::with_capacity(rows.len());
        let evaluation = self
            .evaluate_each(program, rows, metric, |outcome| outcomes.push(outcome))
            .await?;
        Ok((evaluation, outcomes))
    }

    /// As [`evaluate`](Self::evaluate), but hands each outcome on instead of keeping it, so that
    /// memory does not grow with the number of rows.
    ///
    /// # Errors
    ///
    /// As [`evaluate`](Self::evaluate).
    pub async fn evaluate_each<M, E>(
        &self,
        program: &M,
        rows: &[E],
        metric: &impl Metric<E, M::Output>,
        each: impl FnMut(Outcome) + Send,
    ) -> Result<Evaluation, Stop>
    where
        M: Module,
        E: Example<M::Input>,
    {
        let manifest = manifest::of_evaluation(program, rows);
        let (gateway, folder) = self.open(program, &manifest)?;
        let evaluator = Evaluator::new(metric, self, gateway, folder);
        let candidate = Candidate::new(0, "the program as given".to_owned(), program.clone());
        let evaluated = evaluator.evaluate(&candidate, rows, Part::Val, each).await;
        evaluated.inspect_err(|stop| evaluator.folder().note_failure(stop))
    }
}
