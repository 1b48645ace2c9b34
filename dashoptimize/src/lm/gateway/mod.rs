//! The only way to a model: every call of every program, optimizer and judge passes through it.
//!
//! From the bottom up: `budget` says what may be spent, `worst_case` what a call can cost and `excess` where
//! a provider exceeds that; `guard` enforces the budget; `ledger` sums what was spent; `log` is a file of
//! records, and `journal` and `cache` are such files; `flight` joins equal requests; `hold` makes all calls
//! wait; `call` takes a call through all of them.

mod budget;
mod cache;
mod call;
mod chat_error;
mod excess;
mod flight;
mod guard;
mod hold;
mod journal;
mod ledger;
mod limits;
mod log;
mod record;
mod recording;
#[cfg(test)]
mod tests;
mod worst_case;

pub use budget::{Budget, Refusal};
pub use cache::Cache;
pub use chat_error::ChatError;
pub use excess::UsageExcess;
pub use journal::JournalError;
pub use ledger::{Ledger, Purpose, Spend, Tag};

pub(crate) use budget::Amount;
pub(crate) use journal::{Journal, RecordedFailures};

use std::fmt;
use std::time::Duration;

use tokio::sync::Semaphore;

use self::call::Call;
use self::guard::Guard;
use self::ledger::SharedLedger;
use self::limits::Limits;
use self::record::{CallEnd, Record};
use self::recording::Recording;
use super::chat_model::Lm;
use super::error::LmError;
use super::params::Params;
use super::reply::ChatReply;
use super::request::ChatRequest;
use super::retry::Retry;

/// The only way to a model.
///
/// In a run, a call is looked up in the journal and the cache; if it is in neither, its worst case is
/// reserved in the budget, it waits for a free slot, its start is written to the journal, and it is sent, is
/// tried again where that can help, is entered in the ledger and written to the journal, and only then
/// returned to the caller. The engine makes the gateway of a run.
///
/// # Outside of a run
///
/// [`ModuleExt::call`](crate::module::ModuleExt::call) makes a gateway of its own for each call: a call of a
/// model is tried again as [`Retry::DEFAULT`] says, and nothing is limited. A service keeps one gateway with
/// its limits for all of its requests, and passes it to
/// [`ModuleExt::call_in`](crate::module::ModuleExt::call_in). It is shared by reference or in an
/// [`Arc`](std::sync::Arc). Nothing is recorded on disk, so a budget holds as long as the gateway exists.
///
/// ```
/// use std::sync::Arc;
/// use std::time::Duration;
///
/// use dashoptimize::lm::{ChatRequest, Gateway, Retry, Scripted};
/// use dashoptimize::prelude::*;
///
/// /// Translate the word.
/// #[signature]
/// struct Translate {
///     #[input]
///     word: String,
///     #[output]
///     german: String,
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), CallError> {
/// let program = Predict::<Translate>::new(Scripted::new(|_: &ChatRequest| "[[ ## german ## ]]\nHund"))
///     .max_tokens(20);
/// // What the service keeps: at most 32 calls of models at the same time, 10 s for each of them with all
/// // attempts, and 5 dollars in all.
/// let gateway = Arc::new(
///     Gateway::direct()
///         .retry(Retry::DEFAULT.with_attempts(2).with_jitter(7))
///         .concurrency(32)
///         .deadline(Duration::from_secs(10))
///         .budget(Budget::usd(5.0)),
/// );
/// let output = program.call_in(&gateway, TranslateInput { word: "dog".into() }).await?;
/// assert_eq!(output.german, "Hund");
/// assert_eq!(gateway.ledger().total().calls, 1);
/// # Ok(()) }
/// ```
pub struct Gateway {
    ledger: SharedLedger,
    limits: Limits,
    /// `None` outside of a run: nothing is recorded.
    recording: Option<Recording>,
}

impl Gateway {
    /// A gateway outside of any run: calls are sent, tried again where that can help, and entered in the
    /// ledger. Without further settings nothing is limited.
    #[must_use]
    pub const fn direct() -> Self {
        Self {
            ledger: SharedLedger::new(Ledger::new()),
            limits: Limits::new(),
            recording: None,
        }
    }

    /// Sets when failed calls are tried again. Default [`Retry::DEFAULT`].
    #[must_use]
    pub fn retry(mut self, retry: Retry) -> Self {
        self.limits.retry = retry;
        self
    }

    /// Sets how many calls may be in flight at the same time; 0 counts as 1. Others wait for their turn. By
    /// default, there is no limit.
    #[must_use]
    pub fn concurrency(mut self, calls: usize) -> Self {
        // Without any slot, the first call would wait forever.
        self.limits.slots = Some(Semaphore::new(calls.clamp(1, Semaphore::MAX_PERMITS)));
        self
    }

    /// Sets how long one call of a model may take in all: waiting for its turn, all attempts, and the waits
    /// between them. A call that takes longer fails with the kind
    /// [`Timeout`](super::LmErrorKind::Timeout), and what was on its way counts with its worst case. By
    /// default, there is no limit but that of the client for each attempt.
    ///
    /// A program may make several calls. To limit the whole, wrap it in `tokio::time::timeout`: a program
    /// that is dropped leaves nothing running, and what it cost is in the ledger.
    #[must_use]
    pub const fn deadline(mut self, limit: Duration) -> Self {
        self.limits.deadline = Some(limit);
        self
    }

    /// Sets what the calls of this gateway may spend, from now on and as long as it exists. The worst case
    /// of a call is reserved before it is sent, so that concurrent calls cannot exceed the budget; a call
    /// that it does not allow is refused. By default, there is no limit.
    #[must_use]
    pub fn budget(mut self, budget: Budget) -> Self {
        let spent = self.ledger.total().amount();
        self.limits.guard = Some(Guard::new(budget, spent, Duration::ZERO));
        self
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
        for excess in journal.excesses() {
            guard.excesses.learn(excess.clone());
        }
        let mut gateway = Self::direct().retry(retry).concurrency(concurrency);
        gateway.ledger = SharedLedger::new(ledger);
        gateway.limits.guard = Some(guard);
        gateway.recording = Some(Recording::new(journal, cache));
        gateway
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
        self.chat_counting(lm, request, tag, &mut Spend::default())
            .await
    }

    /// As [`chat`](Self::chat), and adds what the call cost with all its attempts. An end from the journal
    /// counts as when it was paid for.
    pub(crate) async fn chat_counting(
        &self,
        lm: &Lm,
        request: &ChatRequest,
        tag: Tag<'_>,
        spend: &mut Spend,
    ) -> Result<ChatReply, ChatError> {
        lm.info().accepts(request)?;
        let Some(recording) = &self.recording else {
            return self.call(lm, request, tag, spend).make_unrecorded().await;
        };
        let key = request.key(&lm.info().id);
        let mut call = self.call(lm, request, tag, spend);
        match call.make(recording, key).await {
            Err(ChatError::Lm(error)) if tag.second_try && error.kind().is_transient() => {
                // A call of its own, whose records say what it alone costs.
                let mut again = Spend::default();
                let mut call = self.call(lm, request, tag, &mut again);
                let ended = call.make(recording, key.second_try()).await;
                *spend += again;
                ended
            }
            ended => ended,
        }
    }

    const fn call<'a>(
        &'a self,
        lm: &'a Lm,
        request: &'a ChatRequest,
        tag: Tag<'a>,
        spend: &'a mut Spend,
    ) -> Call<'a> {
        Call {
            ledger: &self.ledger,
            limits: &self.limits,
            lm,
            request,
            tag,
            spend,
        }
    }

    /// What was spent so far.
    #[must_use]
    pub fn ledger(&self) -> Ledger {
        self.ledger.snapshot()
    }

    /// The models whose provider reported more for a call than it can have used, where a budget in tokens
    /// or dollars depends on it.
    #[must_use]
    pub fn excesses(&self) -> Vec<UsageExcess> {
        let guard = self.limits.guard.as_ref();
        guard.map_or_else(Vec::new, |guard| guard.excesses.all())
    }

    /// Those of the excesses that were not asked for before.
    pub(crate) fn new_excesses(&self) -> Vec<UsageExcess> {
        let guard = self.limits.guard.as_ref();
        guard.map_or_else(Vec::new, |guard| guard.excesses.take_new())
    }

    /// Whether the budget can be enforced for calls of these models with these parameters, `None` where
    /// each call sets its own. Before the first call of a run, this is asked for every model that the
    /// program, the optimizer and the metric may call.
    pub(crate) fn check_budget<'a>(
        &self,
        models: impl IntoIterator<Item = (&'a Lm, Option<&'a Params>)>,
    ) -> Result<(), Refusal> {
        let Some(guard) = &self.limits.guard else {
            return Ok(());
        };
        let mut models = models.into_iter();
        models.try_for_each(|(lm, params)| guard.check(lm.info(), params))
    }

    /// Working time, earlier attempts at the run included.
    pub(crate) fn elapsed(&self) -> Duration {
        self.limits.elapsed()
    }

    /// The total of what was spent so far.
    pub(crate) fn total(&self) -> Spend {
        self.ledger.total()
    }

    /// The failure of a call that the budget did not allow another attempt, if there was one.
    pub(crate) fn cut_short(&self) -> Option<LmError> {
        self.recording.as_ref()?.cut_short()
    }

    /// Reserves this much of the budget: no call may use it until the reserve is set to less.
    pub(crate) fn set_reserve(&self, amount: Amount) {
        if let Some(guard) = &self.limits.guard {
            guard.set_reserve(amount);
        }
    }

    /// What is spent, and the most that one of the calls that were asked for so far can cost.
    pub(crate) fn spent_and_largest(&self) -> (Amount, Amount) {
        let guard = self.limits.guard.as_ref();
        guard.map(Guard::spent_and_largest).unwrap_or_default()
    }

    /// Whether an earlier attempt at the run opened the hold-out, so that part of it may be paid for.
    pub(crate) fn has_opened_holdout(&self) -> bool {
        let recording = self.recording.as_ref();
        recording.is_some_and(|recording| recording.journal.has_opened_holdout())
    }

    /// Notes that the hold-out is opened, if no earlier attempt at the run did.
    pub(crate) fn note_holdout(&self) -> Result<(), JournalError> {
        match &self.recording {
            Some(recording) if !recording.journal.has_opened_holdout() => {
                let note = Record::note(self.elapsed(), CallEnd::Holdout);
                recording.journal.write(note).map(drop)
            }
            _ => Ok(()),
        }
    }

    /// Makes everything that was written to the journal survive a loss of power.
    pub(crate) fn sync(&self) -> Result<(), JournalError> {
        match &self.recording {
            Some(recording) => recording.journal.sync(),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Gateway {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gateway")
            .field("ledger", &self.ledger)
            .field("retry", &self.limits.retry)
            .field("deadline", &self.limits.deadline)
            .field("in_run", &self.recording.is_some())
            .finish_non_exhaustive()
    }
}
