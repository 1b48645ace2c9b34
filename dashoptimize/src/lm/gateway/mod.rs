//! The only way to a model: every call of every program, optimizer and judge passes through it.
//!
//! From the bottom up: `budget` says what may be spent and `guard` enforces it; `ledger` sums what was
//! spent; `log` is a file of records, and `journal` and `cache` are such files; `flight` joins equal
//! requests; `run` takes a call through all of them.

mod budget;
mod cache;
mod chat_error;
mod flight;
mod guard;
mod journal;
mod ledger;
mod log;
mod record;
mod run;
#[cfg(test)]
mod tests;

pub use budget::{Budget, Refusal};
pub use cache::Cache;
pub use chat_error::ChatError;
pub use journal::JournalError;
pub use ledger::{Ledger, Purpose, Spend, Tag};

pub(crate) use budget::Amount;
pub(crate) use journal::{Journal, RecordedFailures};

use std::fmt;
use std::time::Duration;

use self::guard::Guard;
use self::ledger::SharedLedger;
use self::run::RunParts;
use super::chat_model::{Lm, Permit};
use super::error::LmError;
use super::params::Params;
use super::reply::ChatReply;
use super::request::ChatRequest;
use super::retry::Retry;

/// The only way to a model.
///
/// In a run, a call is looked up in the journal and the cache; if it is in neither, its worst case is
/// reserved in the budget, it waits for a free slot, is sent, is tried again where that can help, is
/// entered in the ledger and written to the journal, and only then returned to the caller.
pub struct Gateway {
    ledger: SharedLedger,
    retry: Retry,
    /// `None` outside of a run: nothing is limited or recorded.
    run: Option<RunParts>,
}

impl Gateway {
    /// A gateway outside of any run: calls are sent, tried again where that can help, and entered in the
    /// ledger. There is neither a budget nor a journal.
    #[must_use]
    pub const fn direct() -> Self {
        Self {
            ledger: SharedLedger::new(Ledger::new()),
            retry: Retry::DEFAULT,
            run: None,
        }
    }

    /// The gateway of a run. What the journal already contains counts as spent.
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
            ledger: SharedLedger::new(ledger),
            retry,
            run: Some(RunParts::new(guard, concurrency, journal, cache)),
        }
    }

    /// Sends a request to a model and waits for the reply.
    ///
    /// # Errors
    ///
    /// Where the model does not [accept](crate::lm::ModelInfo::accepts) the request or fails after all
    /// attempts, the budget refuses the call, or the journal cannot be written or read.
    pub async fn chat(
        &self,
        lm: &Lm,
        request: &ChatRequest,
        tag: Tag<'_>,
    ) -> Result<ChatReply, ChatError> {
        lm.info().accepts(request)?;
        match &self.run {
            None => self.send_direct(lm, request, tag).await,
            Some(run) => run.chat(&self.ledger, self.retry, lm, request, tag).await,
        }
    }

    /// What was spent so far.
    #[must_use]
    pub fn ledger(&self) -> Ledger {
        self.ledger.snapshot()
    }

    /// Whether the budget can be enforced for calls of these models with these parameters, `None` where
    /// each call sets its own. Before the first call of a run, this is asked for every model that the
    /// program, the optimizer and the metric may call.
    pub(crate) fn check_budget<'a>(
        &self,
        models: impl IntoIterator<Item = (&'a Lm, Option<&'a Params>)>,
    ) -> Result<(), Refusal> {
        let Some(run) = &self.run else {
            return Ok(());
        };
        let mut models = models.into_iter();
        models.try_for_each(|(lm, params)| run.guard.check(lm.info(), params))
    }

    /// Working time, earlier attempts at the run included.
    pub(crate) fn elapsed(&self) -> Duration {
        match &self.run {
            Some(run) => run.guard.elapsed(),
            None => Duration::ZERO,
        }
    }

    /// The total of what was spent so far.
    pub(crate) fn total(&self) -> Spend {
        self.ledger.total()
    }

    /// The failure of a call that the budget did not allow another attempt, if there was one.
    pub(crate) fn cut_short(&self) -> Option<LmError> {
        self.run.as_ref()?.cut_short()
    }

    /// Reserves this much of the budget: no call may use it until the reserve is set to less.
    pub(crate) fn set_reserve(&self, amount: Amount) {
        if let Some(run) = &self.run {
            run.guard.set_reserve(amount);
        }
    }

    /// Makes everything that was written to the journal survive a loss of power.
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
            let sent = lm.send(request, Permit::granted()).await;
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

    fn enter(&self, tag: Tag<'_>, lm: &Lm, sent: &Result<ChatReply, LmError>) {
        let spend = match sent {
            Ok(reply) => Spend::of_reply(lm.info(), reply.usage),
            Err(_) => Spend::of_failure(lm.info()),
        };
        self.ledger.enter(tag, spend);
    }
}

impl fmt::Debug for Gateway {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gateway")
            .field("ledger", &self.ledger)
            .field("in_run", &self.run.is_some())
            .finish_non_exhaustive()
    }
}
