//! Requests in flight, so that two equal ones at the same time are one call.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Semaphore;

use crate::lm::request_key::RequestKey;

/// The requests in flight.
#[derive(Default)]
pub(super) struct Flights {
    /// Each semaphore is closed when the request has ended.
    by_key: Mutex<HashMap<RequestKey, Arc<Semaphore>>>,
}

/// Whether an equal request is in flight.
pub(super) enum Joined<'a> {
    /// No: the caller sends it. It is in flight until the guard is dropped.
    First(Flight<'a>),
    /// Yes: the caller waits for it.
    Second(Landing),
}

/// The request of the caller that sends it.
pub(super) struct Flight<'a> {
    flights: &'a Flights,
    key: RequestKey,
}

/// What a caller waits for.
pub(super) struct Landing(Arc<Semaphore>);

impl Flights {
    pub(super) fn join(&self, key: RequestKey) -> Joined<'_> {
        let mut by_key = self.lock();
        if let Some(landed) = by_key.get(&key) {
            return Joined::Second(Landing(Arc::clone(landed)));
        }
        by_key.insert(key, Arc::new(Semaphore::new(0)));
        Joined::First(Flight { flights: self, key })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<RequestKey, Arc<Semaphore>>> {
        self.by_key.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Landing {
    /// Waits until the request has ended, with a reply or without one.
    pub(super) async fn wait(self) {
        // The semaphore has no permits, so this ends when it is closed.
        let _ = self.0.acquire().await;
    }
}

impl Drop for Flight<'_> {
    fn drop(&mut self) {
        if let Some(landed) = self.flights.lock().remove(&self.key) {
            landed.close();
        }
    }
}
