//! When the search ends.

use std::fmt;
use std::sync::Arc;

use serde::{Serialize, Serializer};

use super::auto_budget::AutoBudget;
use super::fronts::ROUNDING;

/// How far a search of [`GEPA`](super::GEPA) is, at the start of a generation.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct GepaProgress {
    /// How many generations there have been.
    pub generations: usize,
    /// How many candidates have been evaluated on the validation part, the program as given included.
    pub candidates: usize,
    /// How many texts the proposer was asked for.
    pub proposals: usize,
    /// How many metric calls count against [`max_metric_calls`](super::GEPA::max_metric_calls).
    pub metric_calls: usize,
    /// How many candidates have been evaluated on the validation part by this search.
    pub full_evals: usize,
    /// The highest mean on the validation part.
    pub best_score: f64,
    /// How many generations there have been since it rose.
    pub generations_without_gain: usize,
    /// How many generations there have been since a proposal could be tried on training rows.
    pub idle_generations: usize,
    /// What the calls of the proposer cost in dollars so far; calls of a model without a price are not counted.
    pub reflection_cost: f64,
}

impl GepaProgress {
    /// Before the first candidate.
    pub(super) const START: Self = Self {
        generations: 0,
        candidates: 0,
        proposals: 0,
        metric_calls: 0,
        full_evals: 0,
        best_score: f64::NEG_INFINITY,
        generations_without_gain: 0,
        idle_generations: 0,
        reflection_cost: 0.0,
    };
}

/// The limits of a search. The first that is reached ends it.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Limits {
    pub(super) num_generations: Option<usize>,
    pub(super) max_metric_calls: Option<usize>,
    pub(super) auto: Option<AutoBudget>,
    pub(super) max_full_evals: Option<usize>,
    pub(super) max_candidates: Option<usize>,
    pub(super) max_proposals: Option<usize>,
    pub(super) max_reflection_cost: Option<f64>,
    pub(super) target_score: Option<f64>,
    pub(super) patience: Option<usize>,
    pub(super) max_idle_generations: usize,
    pub(super) stop_when: Option<StopWhen>,
}

impl Limits {
    /// Those of the guide.
    pub(super) const DEFAULT: Self = Self {
        num_generations: Some(5),
        max_metric_calls: Some(100),
        auto: None,
        max_full_evals: Some(20),
        max_candidates: None,
        max_proposals: None,
        max_reflection_cost: None,
        target_score: None,
        patience: None,
        max_idle_generations: 5,
        stop_when: None,
    };

    /// No limits but that on metric calls, as by default in the source.
    pub(super) fn only_metric_calls(&self) -> Self {
        Self {
            num_generations: None,
            max_full_evals: None,
            ..self.clone()
        }
    }

    /// Whether something ends every search, whatever the proposer writes.
    pub(super) const fn is_some(&self) -> bool {
        self.num_generations.is_some()
            || self.max_metric_calls.is_some()
            || self.auto.is_some()
            || self.max_full_evals.is_some()
            || self.max_candidates.is_some()
            || self.max_proposals.is_some()
    }

    /// The limit that is reached, in words.
    pub(super) fn reached(&self, progress: &GepaProgress) -> Option<String> {
        let numbers = [
            (
                "num_generations",
                self.num_generations,
                progress.generations,
            ),
            ("max_full_evals", self.max_full_evals, progress.full_evals),
            ("max_candidates", self.max_candidates, progress.candidates),
            ("max_proposals", self.max_proposals, progress.proposals),
            ("patience", self.patience, progress.generations_without_gain),
            (
                "max_idle_generations",
                Some(self.max_idle_generations),
                progress.idle_generations,
            ),
        ];
        let reached = |(name, limit, number): (&str, Option<usize>, usize)| {
            let limit = limit.filter(|limit| number >= *limit)?;
            Some(format!("`{name}` is reached: {limit}"))
        };
        numbers
            .into_iter()
            .find_map(reached)
            .or_else(|| self.reached_score(progress))
            .or_else(|| self.reached_cost(progress))
            .or_else(|| {
                let stop = self.stop_when.as_ref()?;
                (stop.0)(progress).then(|| "`stop_when` says so".to_owned())
            })
    }

    fn reached_score(&self, progress: &GepaProgress) -> Option<String> {
        let target = self.target_score?;
        let best = progress.best_score;
        (best + ROUNDING >= target)
            .then(|| format!("`target_score` {target} is reached: {best:.4}"))
    }

    fn reached_cost(&self, progress: &GepaProgress) -> Option<String> {
        let limit = self.max_reflection_cost?;
        let cost = progress.reflection_cost;
        (cost >= limit).then(|| format!("`max_reflection_cost` ${limit} is reached: ${cost:.4}"))
    }
}

/// A condition of the user's own.
#[derive(Clone)]
pub(super) struct StopWhen(pub(super) Arc<dyn Fn(&GepaProgress) -> bool + Send + Sync>);

impl fmt::Debug for StopWhen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StopWhen")
    }
}

/// A function cannot be written to the settings, only that there is one.
impl Serialize for StopWhen {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str("a function")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROGRESS: GepaProgress = GepaProgress {
        generations: 3,
        candidates: 4,
        proposals: 9,
        metric_calls: 70,
        full_evals: 2,
        best_score: 0.75,
        generations_without_gain: 2,
        idle_generations: 1,
        reflection_cost: 0.5,
    };

    const NONE: Limits = Limits {
        num_generations: None,
        max_metric_calls: None,
        auto: None,
        max_full_evals: None,
        max_candidates: None,
        max_proposals: None,
        max_reflection_cost: None,
        target_score: None,
        patience: None,
        max_idle_generations: usize::MAX,
        stop_when: None,
    };

    /// Each limit as it is reached, and the next larger value, at which it is not.
    #[test]
    fn each_limit_ends_the_search_when_it_is_reached_and_not_before() {
        let some = |limit| Some(limit);
        type Set = fn(&mut Limits, f64);
        let cases: [(&str, f64, Set); 8] = [
            ("num_generations", 3.0, |limits, n| {
                limits.num_generations = Some(n as usize)
            }),
            ("max_full_evals", 2.0, |limits, n| {
                limits.max_full_evals = Some(n as usize)
            }),
            ("max_candidates", 4.0, |limits, n| {
                limits.max_candidates = Some(n as usize)
            }),
            ("max_proposals", 9.0, |limits, n| {
                limits.max_proposals = Some(n as usize)
            }),
            ("patience", 2.0, |limits, n| {
                limits.patience = Some(n as usize)
            }),
            ("max_idle_generations", 1.0, |limits, n| {
                limits.max_idle_generations = n as usize
            }),
            ("target_score", 0.75, |limits, n| {
                limits.target_score = Some(n)
            }),
            ("max_reflection_cost", 0.5, |limits, n| {
                limits.max_reflection_cost = Some(n)
            }),
        ];
        for (name, number, set) in cases {
            let mut limits = NONE;
            set(&mut limits, number);
            let reached = limits.reached(&PROGRESS);
            assert!(reached.is_some_and(|words| words.contains(name)), "{name}");
            set(&mut limits, number + 1.0);
            assert_eq!(limits.reached(&PROGRESS), None, "{name}");
        }
        let own = |is_over: bool| Limits {
            stop_when: some(StopWhen(Arc::new(move |_| is_over))),
            ..NONE
        };
        assert!(own(true).reached(&PROGRESS).is_some());
        assert_eq!(own(false).reached(&PROGRESS), None);
    }
}
