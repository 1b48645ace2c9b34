//! The hold-out of an optimization: the budget that is reserved for it, and the verdict on it.

use super::candidate::Candidate;
use super::evaluation::{Evaluation, Part};
use super::looks::Judged;
use super::search::Search;
use super::session::Session;
use super::stop::Stop;
use crate::evaluate::{Example, Holdout, OpenHoldout, Rows, Verdict};
use crate::lm::Amount;
use crate::module::Module;

/// Because of its demos, the tuned program may cost more than the program as given. So many times the
/// cost of the program as given is reserved.
const MORE_EXPENSIVE: u64 = 3;

/// Both programs on the hold-out.
pub(super) struct HoldoutEvaluation {
    pub(super) initial: Evaluation,
    pub(super) tuned: Evaluation,
    pub(super) verdict: Verdict,
}

impl<M, E, S> Session<'_, M, E, S>
where
    M: Module,
    E: Example<M::Input>,
    S: Search<M, E> + ?Sized,
{
    /// Opens the hold-out: both programs on all its rows, once.
    pub(super) async fn judge(
        &self,
        tuned: &Candidate<M>,
    ) -> Result<Option<HoldoutEvaluation>, Stop> {
        let Some(holdout) = self.holdout() else {
            return Ok(None);
        };
        self.check_look(tuned)?;
        let rows = holdout.open();
        let initial = self.evaluate_on_holdout(self.study.base(), &rows).await?;
        let look = self.look(tuned);
        let tuned = self.evaluate_on_holdout(tuned, &rows).await?;
        let range = initial.measured.range();
        let rule = self.run_settings().verdict_rule().with_range(range);
        let verdict = rule
            .judge(&scores(&initial), &scores(&tuned))
            .map_err(|error| Stop::Unusable(error.to_string()))?
            .at_look(look);
        Ok(Some(HoldoutEvaluation {
            initial,
            tuned,
            verdict,
        }))
    }

    /// The hold-out is opened for one candidate, unless the run asks for more.
    fn check_look(&self, tuned: &Candidate<M>) -> Result<(), Stop> {
        match self.run_settings().reopens_holdout {
            true => Ok(()),
            false => Ok(self.looks().check_candidate(&Judged::of(tuned))?),
        }
    }

    fn look(&self, tuned: &Candidate<M>) -> u32 {
        self.looks().number(&Judged::of(tuned))
    }

    async fn evaluate_on_holdout(
        &self,
        candidate: &Candidate<M>,
        rows: &OpenHoldout<'_, E>,
    ) -> Result<Evaluation, Stop> {
        let evaluator = self.study.evaluator();
        evaluator.announce(candidate, Part::Holdout, rows.rows().len());
        let study = &self.study;
        let mut evaluations = study.evaluate_on(&[candidate], rows, Part::Holdout).await?;
        let evaluation = evaluations.swap_remove(0);
        evaluator.announce_end(candidate, Part::Holdout, &evaluation, false);
        Ok(evaluation)
    }

    /// Reserves what it takes to judge both programs after the search has used up its share of the
    /// budget, but at most half of the budget.
    pub(super) fn reserve_for_holdout(&self, baseline: &Evaluation) {
        let rollouts = 2 * self.holdout().map_or(0, Holdout::len) as u64;
        let rows = baseline.measured.n().max(1) as u64;
        let share = |spent: u64, times: u64| spent.saturating_mul(rollouts * times).div_ceil(rows);
        let spend = baseline.spend;
        let money = spend
            .cost
            .map(|cost| cost.scaled(rollouts * MORE_EXPENSIVE, rows));
        // Half of the whole budget and not of what is left of it: in a resumed run, everything that
        // earlier attempts spent counts as spent from the start. Less would be reserved, and the run
        // would end elsewhere.
        let budget = self.run_settings().budget;
        let half = |limit: Option<u64>| limit.map_or(u64::MAX, |limit| limit / 2);
        self.gateway().set_reserve(Amount {
            calls: share(spend.calls, 1).min(half(budget.calls)),
            tokens: share(spend.usage.total(), MORE_EXPENSIVE).min(half(budget.tokens)),
            usd: money.map(|money| match budget.usd {
                Some(limit) => money.min(limit.scaled(1, 2)),
                None => money,
            }),
        });
    }

    /// Makes what was reserved for the hold-out available.
    pub(super) fn release_reserve(&self) {
        self.gateway().set_reserve(Amount::default());
    }
}

fn scores(evaluation: &Evaluation) -> Vec<Option<f64>> {
    evaluation.measured.scores().collect()
}
