//! The settings of a search.

use serde::Serialize;

use super::acceptance::Acceptance;
use super::breeders::ParentSelection;
use super::components::{ComponentSelector, Kinds};
use super::frontier::Frontier;
use super::limits::Limits;
use super::proposer::{ReviseTextInput, ReviseTextOutput};
use crate::engine::Stop;
use crate::lm::Lm;
use crate::optimizer::proposer::Proposer;
use crate::state::State;

/// All settings of [`GEPA`](super::GEPA). What each means is said at its setter.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Settings {
    #[serde(flatten)]
    pub(super) limits: Limits,
    pub(super) population_size: Option<usize>,
    pub(super) parent_selection: ParentSelection,
    pub(super) frontier: Frontier,
    pub(super) parents: usize,
    pub(super) proposals: usize,
    pub(super) reflection_minibatch_size: usize,
    pub(super) component_selector: ComponentSelector,
    #[serde(flatten)]
    pub(super) kinds: Kinds,
    pub(super) acceptance: Acceptance,
    pub(super) skip_perfect_score: bool,
    pub(super) perfect_score: Option<f64>,
    pub(super) hard_rows: bool,
    pub(super) best_breeds: bool,
    pub(super) remember_rejected: usize,
    pub(super) add_format_failure_as_feedback: bool,
    pub(super) use_merge: bool,
    pub(super) max_merge_invocations: usize,
    pub(super) merge_val_overlap_floor: usize,
    pub(super) seed: Option<u64>,
    pub(super) initial_population: Vec<State>,
    /// Whether every run counts as a metric call, also one that the search holds already.
    pub(super) counts_every_run: bool,
    /// Whether a text that was turned away on the rows of a minibatch is tried again on others.
    pub(super) tries_texts_again: bool,
    #[serde(skip)]
    pub(super) proposer_lm: Option<Lm>,
    #[serde(skip_serializing_if = "Proposer::is_own")]
    pub(super) proposer: Proposer<ReviseTextInput, ReviseTextOutput>,
}

impl Settings {
    pub(super) const DEFAULT: Self = Self {
        limits: Limits::DEFAULT,
        population_size: Some(10),
        parent_selection: ParentSelection::Pareto,
        frontier: Frontier::Instance,
        parents: 2,
        proposals: 2,
        reflection_minibatch_size: 3,
        component_selector: ComponentSelector::RoundRobin,
        kinds: Kinds {
            optimize_descriptions: false,
            optimize_prefixes: false,
        },
        acceptance: Acceptance::StrictImprovement,
        skip_perfect_score: true,
        perfect_score: None,
        hard_rows: true,
        best_breeds: true,
        remember_rejected: 5,
        add_format_failure_as_feedback: true,
        use_merge: false,
        max_merge_invocations: 5,
        merge_val_overlap_floor: 5,
        seed: None,
        initial_population: Vec::new(),
        counts_every_run: false,
        tries_texts_again: false,
        proposer_lm: None,
        proposer: Proposer::OWN,
    };

    /// As the original works, with everything that the user chose and that both have.
    pub(super) fn into_original(self) -> Self {
        Self {
            limits: self.limits.only_metric_calls(),
            population_size: None,
            parents: 1,
            proposals: 1,
            acceptance: Acceptance::StrictImprovement,
            hard_rows: false,
            best_breeds: false,
            remember_rejected: 0,
            add_format_failure_as_feedback: false,
            counts_every_run: true,
            tries_texts_again: true,
            ..self
        }
    }

    /// Whether these settings can be searched with.
    pub(super) fn check(&self) -> Result<(), Stop> {
        match self.problem() {
            Some(problem) => Err(Stop::Unusable(format!("`GEPA` cannot search: {problem}"))),
            None => Ok(()),
        }
    }

    fn problem(&self) -> Option<String> {
        if !self.limits.is_some() {
            return Some(
                "it has no limit; set `max_metric_calls`, `num_generations` or another".to_owned(),
            );
        }
        let numbers = [
            ("parents", self.parents),
            ("proposals", self.proposals),
            ("reflection_minibatch_size", self.reflection_minibatch_size),
        ];
        if let Some((name, _)) = numbers.into_iter().find(|(_, number)| *number == 0) {
            return Some(format!("`{name}` is 0"));
        }
        let scores = [
            ("target_score", self.limits.target_score),
            ("perfect_score", self.perfect_score),
            ("max_reflection_cost", self.limits.max_reflection_cost),
        ];
        let is_no_number = |(_, score): &(_, Option<f64>)| score.is_some_and(f64::is_nan);
        if let Some((name, _)) = scores.into_iter().find(is_no_number) {
            return Some(format!("`{name}` is not a number"));
        }
        match self.parent_selection {
            ParentSelection::EpsilonGreedy { epsilon } if !(0.0..=1.0).contains(&epsilon) => {
                Some(format!("`epsilon` is {epsilon}; it must be from 0 to 1"))
            }
            _ => self.acceptance.problem(),
        }
    }
}
