//! One optimization from start to end: baseline, search, hold-out, verdict.

use super::event::Event;
use super::holdout::HoldoutEvaluation;
use super::no_verdict::NoVerdict;
use super::optimized::{OptimizeError, Optimized};
use super::run::Run;
use super::search::Search;
use super::session::{SearchResult, Session};
use super::stop::{Ended, Stop};
use crate::evaluate::{Example, Metric, Splits};
use crate::lm::Spend;
use crate::module::Module;

/// Runs a search on a program, and judges its result by the metric.
pub(super) async fn optimize<M, E, S>(
    search: &S,
    metric: &dyn Metric<E, M::Output>,
    student: &M,
    data: &Splits<E>,
    run: &Run,
) -> Result<Optimized<M>, OptimizeError>
where
    M: Module,
    E: Example<M::Input>,
    S: Search<M, E> + ?Sized,
{
    let session = Session::open(search, metric, student, data, run)
        .map_err(|stop| OptimizeError::new(stop, Spend::default()))?;
    let result = session.run().await;
    run.notify(|| Event::RunEnded {
        spend: session.gateway().total(),
        elapsed: session.gateway().elapsed(),
    });
    result.map_err(|stop| {
        session.study.evaluator().folder().note_failure(&stop);
        OptimizeError::new(stop, session.gateway().total())
    })
}

impl<M, E, S> Session<'_, M, E, S>
where
    M: Module,
    E: Example<M::Input>,
    S: Search<M, E> + ?Sized,
{
    async fn run(&self) -> Result<Optimized<M>, Stop> {
        self.check_calls()?;
        let mut found = SearchResult {
            baseline: None,
            tuned: self.study.base().clone(),
            ended: Ended::Done,
            no_verdict: None,
        };
        if let Err(stop) = self.find(&mut found).await {
            found.ended = self.end_of_budget(stop)?;
            found.tuned = self.study.best().unwrap_or(found.tuned);
        }
        let judged = self.judge_within_budget(&mut found).await?;
        self.gateway().sync()?;
        self.conclude(found, judged)
    }

    async fn find(&self, found: &mut SearchResult<M>) -> Result<(), Stop> {
        let baseline = self.study.evaluate(self.study.base()).await;
        let baseline = baseline.map_err(|stop| self.budget_of_baseline(stop))?;
        self.check_cost(&baseline)?;
        found.baseline = Some(baseline);
        if let Some(headroom) = self.study.headroom() {
            self.run_settings()
                .notify(|| Event::HeadroomKnown { headroom });
        }
        found.tuned = self.search.search(&self.study).await?;
        self.study.evaluate(&found.tuned).await?;
        Ok(())
    }

    /// Judges the result on the hold-out, if there is one and the budget suffices.
    async fn judge_within_budget(
        &self,
        found: &mut SearchResult<M>,
    ) -> Result<Option<HoldoutEvaluation>, Stop> {
        self.release_reserve();
        found.no_verdict = self.why_not_judged(&found.tuned);
        if found.no_verdict.is_some() {
            return Ok(None);
        }
        match self.judge(&found.tuned).await {
            Ok(judged) => Ok(judged),
            Err(stop) => {
                found.ended = self.end_of_budget(stop)?;
                found.no_verdict = Some(NoVerdict::BudgetEnded);
                Ok(None)
            }
        }
    }

    /// The end of the budget is a normal end; everything else is an error.
    fn end_of_budget(&self, stop: Stop) -> Result<Ended, Stop> {
        let Stop::Budget(refusal) = stop else {
            return Err(stop);
        };
        // The budget is not why there is no result.
        if let Some(stop) = self.study.evaluator().why_it_never_worked() {
            return Err(stop);
        }
        let ended = Ended::Budget(refusal.to_string());
        self.run_settings()
            .notify(|| Event::BudgetUsedUp { refusal });
        Ok(ended)
    }
}
