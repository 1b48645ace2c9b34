//! The hold-out of an optimization: the budget that is reserved for it, and the verdict on it.

use super::candidate::Candidate;
use super::evaluation::{Evaluation, Part};
use super::looks::Judged;
use super::no_verdict::{NoVerdict, TooSmall};
use super::search::Search;
use super::session::Session;
use super::stop::Stop;
use crate::evaluate::{Example, Holdout, OpenHoldout, Rows, Verdict};
use crate::lm::{Amount, Refusal};
use crate::module::Module;

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
        self.gateway().note_holdout()?;
        let rows = holdout.open();
        let initial = self.evaluate_on_holdout(self.study.base(), &rows).await?;
        let candidate = tuned;
        let tuned = self.evaluate_on_holdout(tuned, &rows).await?;
        let range = initial.measured.range();
        let rule = self.run_settings().verdict_rule().with_range(range);
        let verdict = rule
            .judge_clusters(&scores(&initial), &scores(&tuned), &holdout.clusters())
            .map_err(|error| Stop::Unusable(error.to_string()))?;
        let verdict = self.at_look(candidate, verdict)?;
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

    /// The verdict with the number of the look that it is. It may be another one than that of an earlier
    /// attempt only if the run asks for more than one.
    fn at_look(&self, tuned: &Candidate<M>, verdict: Verdict) -> Result<Verdict, Stop> {
        let judged = Judged::of(tuned);
        if !self.run_settings().reopens_holdout {
            self.looks().check_verdict(&judged, &verdict)?;
        }
        let look = self.looks().number(&judged, &verdict);
        Ok(verdict.at_look(look))
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

    /// Whether the run is to end with a verdict.
    pub(super) fn wants_verdict(&self) -> bool {
        self.run_settings().wants_verdict && self.holdout().is_some()
    }

    /// Refuses a budget of calls that cannot suffice for a verdict, before the first call: every row of the
    /// validation part and of the hold-out takes at least one call of each of two programs.
    pub(super) fn check_calls(&self) -> Result<(), Stop> {
        let has_predictors = !self.study.student().predictors().is_empty();
        if !self.may_refuse() || !has_predictors || self.gateway().total().calls > 0 {
            return Ok(());
        }
        let rows = self.data.val().len() + self.holdout().map_or(0, Holdout::len);
        self.check(Amount {
            calls: 2 * rows as u64,
            ..Amount::default()
        })
    }

    /// Refuses a budget that cannot suffice for a verdict, by what the program as given cost.
    pub(super) fn check_cost(&self, base: &Evaluation) -> Result<(), Stop> {
        match self.may_refuse() {
            true => self.check(self.study.holdout_cost().least_in_all(base)),
            false => Ok(()),
        }
    }

    /// With a cache, calls may cost nothing; if the hold-out was opened before, part of it is paid for.
    fn may_refuse(&self) -> bool {
        self.wants_verdict()
            && !self.run_settings().has_cache()
            && !self.gateway().has_opened_holdout()
    }

    fn check(&self, least: Amount) -> Result<(), Stop> {
        match TooSmall::of(&self.run_settings().budget, least) {
            Some(TooSmall { limit, needed }) => Err(Stop::BudgetTooSmall { limit, needed }),
            None => Ok(()),
        }
    }

    /// Why the hold-out is not to be opened, if it is not.
    pub(super) fn why_not_judged(&self, tuned: &Candidate<M>) -> Option<NoVerdict> {
        if self.holdout().is_none() {
            return Some(NoVerdict::NoHoldout);
        }
        if !self.wants_verdict() {
            return Some(NoVerdict::NotWanted);
        }
        let Some((base, tuned)) = self.measured_candidate(tuned) else {
            return Some(NoVerdict::NoCandidate);
        };
        if !self.may_refuse() {
            return None;
        }
        let (spent, _) = self.gateway().spent_and_largest();
        let needed = spent.plus(self.study.holdout_cost().expected(&base, &tuned));
        let TooSmall { limit, needed } = TooSmall::of(&self.run_settings().budget, needed)?;
        Some(NoVerdict::BudgetTooSmall { limit, needed })
    }

    /// The program as given and the tuned one on the validation part, if any other program than the one as
    /// given was measured.
    fn measured_candidate(&self, tuned: &Candidate<M>) -> Option<(Evaluation, Evaluation)> {
        let (base, candidates) = self.study.base_and_candidates()?;
        let tuned = self.study.measured(tuned)?;
        (!candidates.is_empty()).then_some((base, tuned))
    }

    /// What the run ends with if the budget ended before the program as given was measured: there can be no
    /// verdict, and by what was spent so far it is known about how much that takes.
    pub(super) fn budget_of_baseline(&self, stop: Stop) -> Stop {
        let Stop::Budget(Refusal::UsedUp { .. }) = stop else {
            return stop;
        };
        let evaluator = self.study.evaluator();
        if let Some(cause) = evaluator.why_it_never_worked() {
            return cause;
        }
        let rows = self.data.val().len() + self.holdout().map_or(0, Holdout::len);
        let (spent, total) = (self.gateway().total(), self.gateway().total().amount());
        let answered = spent.calls.saturating_sub(spent.failed);
        let of_call = match answered {
            0 => self.gateway().spent_and_largest().1,
            answered => total.scaled(1, answered),
        };
        let least = of_call.scaled(2 * rows as u64, 1);
        match self.may_refuse() {
            true => self.check(least).err().unwrap_or(stop),
            false => stop,
        }
    }

    /// Makes what was reserved for the hold-out available.
    pub(super) fn release_reserve(&self) {
        self.gateway().set_reserve(Amount::default());
    }
}

fn scores(evaluation: &Evaluation) -> Vec<Option<f64>> {
    evaluation.measured.scores().collect()
}
