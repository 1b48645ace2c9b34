//! What a run remembers of its calls, so that each is paid for once.

use std::sync::{Mutex, PoisonError};

use super::cache::Cache;
use super::flight::{Flight, Flights, Joined};
use super::guard::Guard;
use super::journal::Journal;
use crate::lm::LmError;
use crate::lm::request_key::RequestKey;

use super::budget::Refusal;

/// Journal and cache of a run, and the calls that are in flight.
pub(super) struct Recording {
    pub(super) journal: Journal,
    pub(super) cache: Option<Cache>,
    flights: Flights,
    /// The failure of a call that the budget did not allow another attempt.
    cut_short: Mutex<Option<LmError>>,
}

impl Recording {
    pub(super) fn new(journal: Journal, cache: Option<Cache>) -> Self {
        Self {
            journal,
            cache,
            flights: Flights::default(),
            cut_short: Mutex::new(None),
        }
    }

    /// Waits until no equal request is in flight: two equal requests at the same time are one call, and
    /// the second finds the reply of the first in the journal. Whoever is first looks into the journal
    /// after this, or a reply that arrived just before would be paid for again.
    pub(super) async fn join(
        &self,
        key: RequestKey,
        guard: Option<&Guard>,
    ) -> Result<Flight<'_>, Refusal> {
        loop {
            match (self.flights.join(key), guard) {
                (Joined::First(flight), _) => return Ok(flight),
                (Joined::Second(landing), Some(guard)) => guard.in_time(landing.wait()).await?,
                (Joined::Second(landing), None) => landing.wait().await,
            }
        }
    }

    /// The failure of a call that the budget did not allow another attempt, if there was one.
    pub(super) fn cut_short(&self) -> Option<LmError> {
        let failure = self.cut_short.lock();
        failure.unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn note_cut_short(&self, failure: Option<LmError>) {
        let known = self.cut_short.lock();
        let mut known = known.unwrap_or_else(PoisonError::into_inner);
        *known = failure.or(known.take());
    }
}
