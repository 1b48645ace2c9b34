//! What limits the calls of a gateway.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};

use super::budget::Refusal;
use super::guard::Guard;
use super::hold::Hold;
use crate::lm::request_key::RequestKey;
use crate::lm::{LmError, LmErrorKind, Retry};

/// What a call waits for, and for how long.
pub(super) struct Limits {
    pub(super) retry: Retry,
    /// What limits the spending. `None` outside of a run if there is no budget.
    pub(super) guard: Option<Guard>,
    /// What limits the number of calls at the same time.
    pub(super) slots: Option<Semaphore>,
    hold: Hold,
    /// How long a call may take that is not recorded.
    pub(super) deadline: Option<Duration>,
    /// How many calls have failed at least once, so that each has jitter of its own.
    failing: AtomicU64,
}

impl Limits {
    /// Without settings nothing is limited.
    pub(super) const fn new() -> Self {
        Self {
            retry: Retry::DEFAULT,
            guard: None,
            slots: None,
            hold: Hold::new(),
            deadline: None,
            failing: AtomicU64::new(0),
        }
    }

    /// Working time, earlier attempts at the run included.
    pub(super) fn elapsed(&self) -> Duration {
        let guard = self.guard.as_ref();
        guard.map_or(Duration::ZERO, Guard::elapsed)
    }

    /// When this call is tried again. With jitter, each call draws its own waits: in a run from its
    /// request, so that they are the same on every machine.
    pub(super) fn retry_of(&self, key: Option<RequestKey>) -> Retry {
        let number = || self.failing.fetch_add(1, Ordering::Relaxed);
        self.retry
            .of_call(key.map_or_else(number, RequestKey::number))
    }

    /// Waits for a free slot.
    pub(super) async fn slot(&self) -> Result<Option<SemaphorePermit<'_>>, Refusal> {
        let Some(slots) = &self.slots else {
            return Ok(None);
        };
        // They are never closed.
        Ok(self.in_time(slots.acquire()).await?.ok())
    }

    /// Waits before another attempt. A provider that asks to slow down means all calls.
    pub(super) async fn pause(&self, wait: Duration, error: &LmError) -> Result<(), Refusal> {
        if error.kind() == LmErrorKind::RateLimited {
            self.hold.extend(wait);
            return Ok(());
        }
        self.in_time(tokio::time::sleep(wait)).await
    }

    pub(super) async fn wait_while_held(&self) -> Result<(), Refusal> {
        self.in_time(self.hold.wait()).await?;
        // The wait may have been long.
        match &self.guard {
            Some(guard) => guard.check_time(),
            None => Ok(()),
        }
    }

    /// Waits for something, but not beyond the time limit of the budget.
    async fn in_time<T>(&self, waiting: impl Future<Output = T>) -> Result<T, Refusal> {
        match &self.guard {
            Some(guard) => guard.in_time(waiting).await,
            None => Ok(waiting.await),
        }
    }
}
