//! Evaluation without an optimizer.

use super::candidate::Candidate;
use super::evaluation::{Evaluation, Part};
use super::evaluator::Evaluator;
use super::manifest;
use super::models::DeclaredModels;
use super::run::Run;
use super::stop::Stop;
use crate::evaluate::{Example, Metric, MetricFor, Outcome};
use crate::lm::BoxFuture;
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
    // Boxed, so that rustc knows the type of the future even if the metric does not fit. It then says so
    // once, and not again at every use of the future.
    pub fn evaluate<'a, M, E, X, Way>(
        &'a self,
        program: &'a M,
        rows: &'a [E],
        metric: &'a X,
    ) -> BoxFuture<'a, Result<(Evaluation, Vec<Outcome>), Stop>>
    where
        M: Module,
        E: Example<M::Input>,
        X: MetricFor<E, M::Output, Way>,
    {
        let metric = metric.as_metric();
        Box::pin(async move {
            let mut outcomes = Vec::new();
            outcomes.resize_with(rows.len(), || None);
            let each = |row: usize, outcome| outcomes[row] = Some(outcome);
            let evaluation = self.evaluate_by(program, rows, metric, each).await?;
            Ok((evaluation, outcomes.into_iter().flatten().collect()))
        })
    }

    /// As [`evaluate`](Self::evaluate), but passes each outcome on, with the index of its row, instead of
    /// keeping it, so that memory does not grow with the number of rows. The outcomes are in the order of
    /// the rows, except that rows on which the provider fails are tried once more at the end and come last.
    ///
    /// # Errors
    ///
    /// As [`evaluate`](Self::evaluate).
    pub fn evaluate_each<'a, M, E, X, Way>(
        &'a self,
        program: &'a M,
        rows: &'a [E],
        metric: &'a X,
        each: impl FnMut(usize, Outcome) + Send + 'a,
    ) -> BoxFuture<'a, Result<Evaluation, Stop>>
    where
        M: Module,
        E: Example<M::Input>,
        X: MetricFor<E, M::Output, Way>,
    {
        Box::pin(self.evaluate_by(program, rows, metric.as_metric(), each))
    }

    async fn evaluate_by<M, E>(
        &self,
        program: &M,
        rows: &[E],
        metric: &dyn Metric<E, M::Output>,
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
