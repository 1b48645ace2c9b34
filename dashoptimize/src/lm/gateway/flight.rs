//! Requests on their way, so that two equal ones at once are one call.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Semaphore;

use crate::lm::request::RequestKey;

/// The requests on their way.
#[derive(Default)]
pub(super) struct Flights {
    /// Each semaphore is closed when the request has landed.
    by_key: Mutex<HashMap<RequestKey, Arc<Semaphore>>>,
}

/// Where a request stands.
pub(super) enum Place<'a> {
    /// Nobody else asks this: go on. The place is given up when the guard is dropped.
    First(Flight<'a>),
    /// Somebody asks this already.
    Behind(Landing),
}

/// The place of the one who asks.
pub(super) struct Flight<'a> {
    flights: &'a Flights,
    key: RequestKey,
}

/// The place of one who waits.
pub(super) struct Landing(Arc<Semaphore>);

impl Flights {
    pub(super) fn join(&self, key: RequestKey) -> Place<'_> {
        let mut by_key = self.lock();
        if let Some(landed) = by_key.get(&key) {
            return Place::Behind(Landing(Arc::clone(landed)));
        }
        by_key.insert(key, Arc::new(Semaphore::new(0)));
        Place::First(Flight { flights: self, key })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<RequestKey, Arc<Semaphore>>> {
        self.by_key.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Landing {
    /// Waits until the request has landed, with a reply or without.
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
