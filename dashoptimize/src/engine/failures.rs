//! When failures end a run.

use std::mem::{Discriminant, discriminant};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::reasons::Reasons;
use super::stop::Stop;
use crate::evaluate::Outcome;

/// A run in which so many rollouts were not answered by the provider, and none was answered before, cannot
/// work.
const UNANSWERED: usize = 3;

/// A run in which so many rollouts failed for the same kind of reason, and none was judged before, cannot
/// work. A few more than of those that are not answered, because demos may mend such a failure.
const UNJUDGED: usize = 10;

/// The failures of a run so far, in the order of the rollouts.
///
/// Only failures of the provider count towards the limit, because they leave holes in what is measured. What
/// the program fails at is part of its score. But a run none of whose rollouts could be judged ends after a
/// few of them, whatever the reason, because nothing can be learned from it.
pub(super) struct RunFailures {
    limit: usize,
    seen: Mutex<SeenFailures>,
}

#[derive(Default)]
struct SeenFailures {
    /// Whether a rollout had an answer that the metric could judge, or one that could not be read.
    works: bool,
    /// The failures since the start of the run, or since the kind of failure changed.
    streak: Option<Streak>,
    /// Why rollouts have no score now. Those that a second try mended are not among them.
    unanswered: Reasons,
}

struct Streak {
    kind: Discriminant<Outcome>,
    reasons: Reasons,
}

impl RunFailures {
    pub(super) fn new(limit: usize) -> Self {
        Self {
            limit,
            seen: Mutex::default(),
        }
    }

    /// Whether the provider answered and the answer could be judged, at least once.
    pub(super) fn works(&self) -> bool {
        self.seen().works
    }

    /// Counts the outcome of a rollout.
    ///
    /// # Errors
    ///
    /// If the run cannot work, or too many rollouts were not answered.
    pub(super) fn count(&self, outcome: &Outcome) -> Result<(), Stop> {
        let mut seen = self.seen();
        match outcome {
            Outcome::Scored(_) | Outcome::ParseFailed { .. } => seen.works = true,
            Outcome::Refused { .. } => {}
            Outcome::ProviderFailed { error } => {
                seen.add_to_streak(outcome, error, UNANSWERED)?;
                seen.unanswered.add(error);
            }
            Outcome::RequestFailed { error }
            | Outcome::MetricFailed { error }
            | Outcome::ProgramFailed { error } => seen.add_to_streak(outcome, error, UNJUDGED)?,
        }
        self.check_limit(&seen)
    }

    /// Counts the outcome of the second try of a rollout that was not answered the first time. A row counts
    /// once, however often it fails.
    ///
    /// # Errors
    ///
    /// As [`count`](Self::count).
    pub(super) fn count_second(&self, first: &Outcome, second: &Outcome) -> Result<(), Stop> {
        if let Some(error) = first.error() {
            self.seen().unanswered.remove(error);
        }
        self.count(second)
    }

    /// The reason why the run cannot work, if it ends before any rollout could be judged.
    pub(super) fn of_a_run_that_never_worked(&self) -> Option<Stop> {
        let seen = self.seen();
        let streak = seen.streak.as_ref().filter(|_| !seen.works)?;
        Some(Stop::cannot_work(streak.reasons.clone()))
    }

    fn check_limit(&self, seen: &SeenFailures) -> Result<(), Stop> {
        if seen.unanswered.count() <= self.limit {
            return Ok(());
        }
        Err(Stop::TooManyErrors {
            limit: self.limit,
            reasons: seen.unanswered.clone(),
        })
    }

    fn seen(&self) -> MutexGuard<'_, SeenFailures> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl SeenFailures {
    /// Adds a failure. It starts a new streak if failures before were of another kind.
    fn add_to_streak(
        &mut self,
        outcome: &Outcome,
        error: &str,
        longest: usize,
    ) -> Result<(), Stop> {
        if self.works {
            return Ok(());
        }
        let kind = discriminant(outcome);
        let same = self.streak.take().filter(|streak| streak.kind == kind);
        let streak = self.streak.insert(same.unwrap_or(Streak {
            kind,
            reasons: Reasons::default(),
        }));
        streak.reasons.add(error);
        match streak.reasons.count() < longest {
            true => Ok(()),
            false => Err(Stop::cannot_work(streak.reasons.clone())),
        }
    }
}
