//! Evaluation without an optimizer.

use super::candidate::Candidate;
use super::evaluation::{Evaluation, Part};
use super::evaluator::Evaluator;
use super::manifest;
use super::models::DeclaredModels;
use super::run::Run;
use super::stop::Stop;
use crate::evaluate::{Example, Metric, Outcome};
use crate::module::Module;

impl Run {
    /// Runs a program on rows, with as many concurrent calls as the run allows. There is one
    /// [`Outcome`] for each row, in the order of the rows. Rows that are left when the budget is used
    /// up are [`Outcome::Refused`].
    ///
    /// # Errors
    ///
    /// If too many rollouts fail, nothing more can be called, or the budget cannot be enforced, such as
    /// one in dollars for a model of unknown price.
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
        let mut outcomes = Vec::new();
        outcomes.resize_with(rows.len(), || None);
        let evaluation = self
            .evaluate_each(program, rows, metric, |row, outcome| {
                outcomes[row] = Some(outcome);
            })
            .await?;
        Ok((evaluation, outcomes.into_iter().flatten().collect()))
    }

    /// As [`evaluate`](Self::evaluate), but passes each outcome on, with the index of its row, instead of
    /// keeping it, so that memory does not grow with the number of rows. The outcomes are in the order of
    /// the rows, except that rows on which the provider fails are tried once more at the end and come last.
    ///
    /// # Errors
    ///
    /// As [`evaluate`](Self::evaluate).
    pub async fn evaluate_each<M, E>(
        &self,
        program: &M,
        rows: &[E],
        metric: &impl Metric<E, M::Output>,
        each: impl FnMut(usize, Outcome) + Send,
    ) -> Result<Evaluation, Stop>
    where
        M: Module,
        E: Example<M::Input>,
    {
        let manifest = manifest::of_evaluation(program, rows, metric, self);
        let models = DeclaredModels::new(Vec::new(), metric);
        let (gateway, folder) = self.open(program, &models, &manifest)?;
        let evaluator = Evaluator::new(metric, self, models, gateway, folder);
        let candidate = Candidate::as_given(program);
        evaluator.announce(&candidate, Part::Val, rows.len());
        let evaluated = evaluator
            .evaluate(&[&candidate], rows, Part::Val, each)
            .await;
        evaluated
            .and_then(|mut evaluations| {
                let evaluation = evaluations.swap_remove(0);
                match evaluation.refused.is_some() {
                    true => evaluator.why_it_never_worked().map_or(Ok(evaluation), Err),
                    false => Ok(evaluation),
                }
            })
            .inspect_err(|stop| evaluator.folder().note_failure(stop))
    }
}
