//! The wait that a provider asks for, for all calls.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// No call is sent before this moment, because a provider asked to slow down.
#[derive(Debug)]
pub(super) struct Hold(Mutex<Option<Instant>>);

impl Hold {
    pub(super) const fn new() -> Self {
        Self(Mutex::new(None))
    }

    /// Holds all calls for this long.
    pub(super) fn extend(&self, wait: Duration) {
        let mut hold = self.lock();
        *hold = (*hold).max(Instant::now().checked_add(wait));
    }

    pub(super) async fn wait(&self) {
        loop {
            let hold = *self.lock();
            match hold {
                Some(until) if until > Instant::now() => tokio::time::sleep_until(until).await,
                _ => return,
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Option<Instant>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
