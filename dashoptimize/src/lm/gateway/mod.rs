//! The one way to a model: every call of every program, optimizer and judge passes it.
//!
//! A call is looked up in the journal and the cache; if it is not there, its worst case is reserved
//! in the budget, it waits for a free slot, is sent, tried again where that can help, entered in the
//! ledger and written to the journal, and only then handed to who asked.

mod budget;
mod cache;
mod flight;
mod journal;
mod ledger;
mod log;
mod record;

pub use budget::{Amount, Budget, Refusal};
pub use cache::Cache;
pub use journal::JournalError;
pub use ledger::{Ledger, Purpose, Spend, Tag};

pub(crate) use journal::{Failures, Journal};

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Semaphore;

use self::budget::{Guard, Reservation};
use self::flight::{Flights, Place};
use self::record::Record;
use super::chat_model::Permit;
use super::request::RequestKey;
use super::{ChatReply, ChatRequest, Lm, LmError, LmErrorKind, Params, Retry};

/// The gateway. See the [module](self).
pub struct Gateway {
    ledger: Mutex<Ledger>,
    retry: Retry,
    /// `None` outside of a run: nothing is limited, remembered or counted against a budget.
    run: Option<RunParts>,
}

struct RunParts {
    guard: Guard,
    slots: Semaphore,
    journal: Journal,
    cache: Option<Cache>,
    flights: Flights,
    /// No call is sent before this moment: a provider asked all of us to wait.
    hold: Mutex<Option<Instant>>,
}

/// A call that got no reply.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ChatError {
    /// The model could not be asked, after all attempts.
    #[error(transparent)]
    Lm(#[from] LmError),
    /// The budget does not allow the call. It was not made.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The journal cannot be written or read.
    #[error(transparent)]
    Journal(#[from] JournalError),
}

impl Gateway {
    /// A gateway outside of any run: calls are sent, tried again and entered in the ledger, and that
    /// is all.
    #[must_use]
    pub const fn direct() -> Self {
        Self {
            ledger: Mutex::new(Ledger::new()),
            retry: Retry::DEFAULT,
            run: None,
        }
    }

    /// The gateway of a run. What the journal already holds counts as spent.
    pub(crate) fn of_run(
        budget: Budget,
        concurrency: usize,
        retry: Retry,
        journal: Journal,
        cache: Option<Cache>,
    ) -> Self {
        let ledger = journal.ledger();
        let guard = Guard::new(budget, ledger.total().amount(), journal.elapsed());
        Self {
            ledger: Mutex::new(ledger),
            retry,
            run: Some(RunParts {
                guard,
                slots: Semaphore::new(concurrency),
                journal,
                cache,
                flights: Flights::default(),
                hold: Mutex::new(None),
            }),
        }
    }

    /// Asks a model.
    ///
    /// # Errors
    ///
    /// Where the model fails after all attempts, the budget refuses, or the journal fails.
    pub async fn chat(
        &self,
        lm: &Lm,
        request: &ChatRequest,
        tag: Tag<'_>,
    ) -> Result<ChatReply, ChatError> {
        match &self.run {
            None => self.send_direct(lm, request, tag).await,
            Some(run) => self.send_in_run(run, lm, request, tag).await,
        }
    }

    /// What was spent so far.
    #[must_use]
    pub fn ledger(&self) -> Ledger {
        self.lock_ledger().clone()
    }

    /// Whether the budget can be watched over for this model and these parameters.
    pub(crate) fn check_budget(&self, lm: &Lm, params: &Params) -> Result<(), Refusal> {
        match &self.run {
            Some(run) => run.guard.check(lm.info(), params),
            None => Ok(()),
        }
    }

    /// Time of work, earlier sittings of the run included.
    pub(crate) fn elapsed(&self) -> Duration {
        match &self.run {
            Some(run) => run.guard.elapsed(),
            None => Duration::ZERO,
        }
    }

    /// What was spent so far, in all.
    pub(crate) fn total(&self) -> Spend {
        self.lock_ledger().total()
    }

    /// Keeps this much of the budget back from all calls until it is set to less.
    pub(crate) fn keep_back(&self, amount: Amount) {
        if let Some(run) = &self.run {
            run.guard.keep_back(amount);
        }
    }

    /// What is left of the budget, where it is limited.
    pub(crate) fn remaining(&self) -> Budget {
        match &self.run {
            Some(run) => run.guard.remaining(),
            None => Budget::unlimited(),
        }
    }

    /// Makes all that the journal was given durable against loss of power.
    pub(crate) fn sync(&self) -> Result<(), JournalError> {
        match &self.run {
            Some(run) => run.journal.sync(),
            None => Ok(()),
        }
    }

    async fn send_direct(
        &self,
        lm: &Lm,
        request: &ChatRequest,
        tag: Tag<'_>,
    ) -> Result<ChatReply, ChatError> {
        let mut attempt = 0;
        loop {
            let sent = lm.model().chat(request, Permit::granted()).await;
            self.enter(tag, lm, &sent);
            match sent {
                Ok(reply) => return Ok(reply),
                Err(error) => match self.retry.wait(attempt, &error) {
                    Some(wait) => tokio::time::sleep(wait).await,
                    None => return Err(error.into()),
                },
            }
            attempt += 1;
        }
    }

    async fn send_in_run(
        &self,
        run: &RunParts,
        lm: &Lm,
        request: &ChatRequest,
        tag: Tag<'_>,
    ) -> Result<ChatReply, ChatError> {
        let key = request.key(&lm.info().id);
        // Two equal requests at once are one call: the second waits for the reply of the first.
        let place = loop {
            if let Some(known) = run.journal.find(key)? {
                return known.into_reply().map_err(ChatError::Lm);
            }
            match run.flights.join(key) {
                Place::First(place) => break place,
                Place::Behind(landed) => landed.wait().await,
            }
        };
        if let Some(cache) = &run.cache
            && let Some(reply) = cache.find(key)
        {
            let elapsed = run.guard.elapsed();
            run.journal
                .write(Record::cached(key, tag, elapsed, reply.clone()))?;
            self.lock_ledger().enter(tag, Spend::cache_hit());
            return Ok(reply);
        }
        let sent = self.send_with_retries(run, lm, request, tag, key).await;
        drop(place);
        sent
    }

    async fn send_with_retries(
        &self,
        run: &RunParts,
        lm: &Lm,
        request: &ChatRequest,
        tag: Tag<'_>,
        key: RequestKey,
    ) -> Result<ChatReply, ChatError> {
        let worst = run.guard.worst_case(lm.info(), request)?;
        let mut attempts = 0;
        // What earlier attempts of this call cost.
        let mut lost = Spend::default();
        loop {
            let reservation = run.guard.reserve(worst).await?;
            let slot = run.slots.acquire().await;
            run.wait_while_held().await;
            let sent = lm.model().chat(request, Permit::granted()).await;
            drop(slot);
            let spend = settle(reservation, lm, &sent);
            attempts += 1;
            self.lock_ledger().enter(tag, spend);
            let error = match sent {
                Ok(reply) => {
                    lost += spend;
                    let record = Record::reply(key, tag, lost, run.guard.elapsed(), reply.clone());
                    run.journal.write(record)?;
                    if let Some(cache) = &run.cache {
                        cache.store(key, &reply)?;
                    }
                    return Ok(reply);
                }
                Err(error) => error,
            };
            lost += spend;
            match self.retry.wait(attempts - 1, &error) {
                Some(wait) => run.pause(wait, &error).await,
                None => {
                    // A failure that would meet every call is not written: the run ends, and the
                    // next one tries again.
                    if !error.kind().is_fatal() {
                        let elapsed = run.guard.elapsed();
                        run.journal
                            .write(Record::failure(key, tag, lost, elapsed, &error))?;
                    }
                    return Err(error.into());
                }
            }
        }
    }

    fn enter(&self, tag: Tag<'_>, lm: &Lm, sent: &Result<ChatReply, LmError>) {
        let spend = match sent {
            Ok(reply) => Spend::of_reply(lm.info(), reply.usage),
            Err(_) => Spend::of_failure(lm.info()),
        };
        self.lock_ledger().enter(tag, spend);
    }

    fn lock_ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl RunParts {
    /// Waits before another attempt. A provider that asks to slow down asks everybody.
    async fn pause(&self, wait: Duration, error: &LmError) {
        if error.kind() == LmErrorKind::RateLimited {
            let until = Instant::now() + wait;
            let mut hold = self.hold.lock().unwrap_or_else(PoisonError::into_inner);
            *hold = Some(hold.map_or(until, |held| held.max(until)));
        } else {
            tokio::time::sleep(wait).await;
        }
    }

    async fn wait_while_held(&self) {
        loop {
            let hold = *self.hold.lock().unwrap_or_else(PoisonError::into_inner);
            match hold.map(|until| until.saturating_duration_since(Instant::now())) {
                Some(wait) if !wait.is_zero() => tokio::time::sleep(wait).await,
                _ => return,
            }
        }
    }
}

/// Replaces what was reserved by what was spent. A call that broke may still be billed, so it counts
/// with its worst case; one that the provider refused is not.
fn settle(reservation: Reservation<'_>, lm: &Lm, sent: &Result<ChatReply, LmError>) -> Spend {
    let spend = match sent {
        Ok(reply) => match reply.usage {
            Some(usage) => Spend::of_reply(lm.info(), Some(usage)),
            None => Spend::unmetered(reservation.worst()),
        },
        Err(error) => match error.kind() {
            LmErrorKind::Timeout | LmErrorKind::Protocol => {
                Spend::unmetered(reservation.worst()).failed()
            }
            _ => Spend::of_failure(lm.info()),
        },
    };
    reservation.settle(spend.amount());
    spend
}

impl fmt::Debug for Gateway {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gateway")
            .field("ledger", &self.ledger)
            .field("in_run", &self.run.is_some())
            .finish_non_exhaustive()
    }
}
