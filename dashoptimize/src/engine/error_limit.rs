//! How many rollouts of a run may fail.

use std::sync::{Mutex, PoisonError};

use super::stop::Stop;
use crate::evaluate::Outcome;

/// How many causes are shown when too many rollouts failed.
const CAUSES: usize = 3;

/// Counts the rollouts that failed for reasons that say nothing about the prompt.
pub(super) struct ErrorLimit {
    limit: usize,
    seen: Mutex<SeenErrors>,
}

#[derive(Default)]
struct SeenErrors {
    count: usize,
    first: Vec<String>,
}

impl ErrorLimit {
    pub(super) fn new(limit: usize) -> Self {
        Self {
            limit,
            seen: Mutex::default(),
        }
    }

    /// Counts an outcome if it is a failure of provider, request, metric or program code, and says when there
    /// are too many of them.
    pub(super) fn count(&self, outcome: &Outcome) -> Result<(), Stop> {
        let error = match outcome {
            Outcome::ProviderFailed { error }
            | Outcome::MetricFailed { error }
            | Outcome::RequestFailed { error }
            | Outcome::ProgramFailed { error } => error,
            Outcome::Scored(_)
            | Outcome::ParseFailed { .. }
            | Outcome::Unanswered { .. }
            | Outcome::Refused { .. } => {
                return Ok(());
            }
        };
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.count += 1;
        if seen.first.len() < CAUSES {
            seen.first.push(error.clone());
        }
        if seen.count <= self.limit {
            return Ok(());
        }
        Err(Stop::TooManyErrors {
            count: seen.count,
            limit: self.limit,
            first: seen.first.clone(),
        })
    }
}
