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
mod run;
#[cfg(test)]
mod tests;

pub use budget::{Amount, Budget, Refusal};
pub use cache::Cache;
pub use journal::JournalError;
pub use ledger::{Ledger, Purpose, Spend, Tag};

pub(crate) use journal::{Failures, Journal};

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use self::budget::Guard;
use self::run::RunParts;
use super::chat_model::Permit;
use super::{ChatReply, ChatRequest, Lm, LmError, LmErrorKind, Params, Retry};

/// The one way to a model.
///
/// In a run, a call is looked up in the journal and the cache; if it is not there, its worst case is
/// reserved in the budget, it waits for a free slot, is sent, tried again where that can help, entered
/// in the ledger and written to the journal, and only then handed to who asked.
pub struct Gateway {
    ledger: Mutex<Ledger>,
    retry: Retry,
    /// `None` outside of a run: nothing is limited, remembered or counted against a budget.
    run: Option<RunParts>,
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
            run: Some(RunParts::new(guard, concurrency, journal, cache)),
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
        if !request.tools.is_empty() && !lm.info().native_tools {
            return Err(takes_no_tools(lm).into());
        }
        match &self.run {
            None => self.send_direct(lm, request, tag).await,
            Some(run) => run.chat(self, lm, request, tag).await,
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

/// A model that is sent tools which it does not know of would answer as if there were none.
fn takes_no_tools(lm: &Lm) -> LmError {
    let model = &lm.info().id;
    let message = format!(
        "`{model}` takes no tools; describe them in the prompt, or use a model with native tools"
    );
    LmError::new(LmErrorKind::InvalidRequest, message)
}

impl fmt::Debug for Gateway {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gateway")
            .field("ledger", &self.ledger)
            .field("in_run", &self.run.is_some())
            .finish_non_exhaustive()
    }
}
