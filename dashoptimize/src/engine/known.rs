//! What a study knows already: candidates that were entered, states that were measured, rows that were run.

use std::collections::HashSet;

use super::candidate::Candidate;
use super::evaluated_row::EvaluatedRow;
use super::evaluation::{Evaluation, Part};
use super::evidence::Evidence;
use super::row_outcome::{RowKey, RowOutcome};
use super::stop::Stop;
use super::study::Study;
use super::trial::Trial;
use crate::evaluate::Example;
use crate::module::Module;

impl<M: Module, E: Example<M::Input>> Study<'_, M, E> {
    /// What was measured of a candidate on the validation part.
    pub(super) fn measured(&self, candidate: &Candidate<M>) -> Option<Evaluation> {
        self.history().measured(candidate.state_id()).cloned()
    }

    /// Keeps what a metric said about a validation row. Scores are in the evaluation.
    pub(super) fn keep(&self, candidate: &Candidate<M>, row: &EvaluatedRow<M::Output>) {
        let judged = row.rollout.outcome().metric_score();
        if judged.is_some_and(|score| !score.objectives().is_empty()) {
            let key = RowKey::of(&Trial::on_val(candidate, row.index));
            self.outcomes_of_rows().keep(key, &row.rollout);
        }
    }

    /// Enters a candidate whose state was measured.
    pub(super) fn enter(&self, candidate: &Candidate<M>) -> Result<(), Stop> {
        let entered = self.history().enter(candidate);
        let Some((evaluation, is_best)) = entered else {
            return Ok(());
        };
        self.evaluator()
            .announce_end(candidate, Part::Val, &evaluation, is_best);
        let best = if is_best { ", the best so far" } else { "" };
        let reason = format!("{}{best}", evaluation.measured);
        let evidence = [Evidence::val(0..self.val().len())];
        self.record(candidate, "measured", "validation", reason, &evidence)
    }

    /// What the run holds of this trial.
    pub(super) fn held(&self, trial: &Trial<M>) -> Option<RowOutcome> {
        let key = RowKey::of(trial);
        let held = self.outcomes_of_rows().find(&key);
        held.or_else(|| {
            let history = self.history();
            let state = trial.candidate().state_id();
            let evaluation = history.measured(state).filter(|_| key.is_of_evaluation())?;
            let score = evaluation.measured.score_of(trial.row())?;
            Some(RowOutcome::scored(Part::Val, trial.row(), score))
        })
    }

    /// The trials that the run does not hold, each once.
    pub(super) fn missing(&self, trials: &[Trial<M>]) -> Vec<Trial<M>> {
        let mut seen = HashSet::new();
        let is_missing =
            |trial: &&Trial<M>| self.held(trial).is_none() && seen.insert(RowKey::of(trial));
        trials.iter().filter(is_missing).cloned().collect()
    }

    /// The candidates that have not been entered in the history yet, each once.
    pub(super) fn not_entered<'c>(&self, candidates: &'c [Candidate<M>]) -> Vec<&'c Candidate<M>> {
        let history = self.history();
        let mut seen = HashSet::new();
        let is_new =
            |candidate: &&Candidate<M>| !history.has(candidate.id()) && seen.insert(candidate.id());
        candidates.iter().filter(is_new).collect()
    }

    /// The candidates whose state has not been measured yet, each state once.
    pub(super) fn unknown<'c>(&self, candidates: &[&'c Candidate<M>]) -> Vec<&'c Candidate<M>> {
        let history = self.history();
        let mut seen = HashSet::new();
        let is_unknown = |candidate: &&&Candidate<M>| {
            let state = candidate.state_id();
            history.measured(state).is_none() && seen.insert(state)
        };
        candidates.iter().filter(is_unknown).copied().collect()
    }
}
