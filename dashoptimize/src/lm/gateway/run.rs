//! Calls in a run: limited, recorded, and paid for once.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::time::Instant;

use super::budget::{Amount, Refusal};
use super::cache::Cache;
use super::chat_error::ChatError;
use super::flight::{Flights, Joined};
use super::guard::{Guard, Reservation};
use super::journal::{Journal, JournalError};
use super::ledger::{SharedLedger, Spend, Tag};
use super::record::{CallEnd, Record};
use crate::lm::chat_model::Permit;
use crate::lm::request_key::RequestKey;
use crate::lm::{ChatReply, ChatRequest, Lm, LmError, LmErrorKind, Retry};

/// What a gateway has in a run, in addition to the ledger.
pub(super) struct RunParts {
    pub(super) guard: Guard,
    pub(super) journal: Journal,
    slots: Semaphore,
    cache: Option<Cache>,
    flights: Flights,
    /// No call is sent before this moment, because a provider asked to wait.
    hold: Mutex<Option<Instant>>,
    /// The failure of a call that the budget did not allow another attempt.
    cut_short: Mutex<Option<LmError>>,
}

impl RunParts {
    pub(super) fn new(
        guard: Guard,
        concurrency: usize,
        journal: Journal,
        cache: Option<Cache>,
    ) -> Self {
        Self {
            guard,
            journal,
            // Without any slot, the first call would wait forever.
            slots: Semaphore::new(concurrency.clamp(1, Semaphore::MAX_PERMITS)),
            cache,
            flights: Flights::default(),
            hold: Mutex::new(None),
            cut_short: Mutex::new(None),
        }
    }

    pub(super) async fn chat(
        &self,
        ledger: &SharedLedger,
        retry: Retry,
        lm: &Lm,
        request: &ChatRequest,
        tag: Tag<'_>,
    ) -> Result<ChatReply, ChatError> {
        let key = request.key(&lm.info().id);
        match self.call(ledger, retry, lm, request, tag, key).await {
            Err(ChatError::Lm(error)) if tag.second_try && error.kind().is_transient() => {
                let key = key.second_try();
                self.call(ledger, retry, lm, request, tag, key).await
            }
            ended => ended,
        }
    }

    async fn call(
        &self,
        ledger: &SharedLedger,
        retry: Retry,
        lm: &Lm,
        request: &ChatRequest,
        tag: Tag<'_>,
        key: RequestKey,
    ) -> Result<ChatReply, ChatError> {
        // Two equal requests at the same time are one call: the second waits for the reply of the first.
        // Whoever is first looks into the journal after joining, or a reply that arrived just before
        // would be paid for again.
        let _flight = loop {
            match self.flights.join(key) {
                Joined::First(flight) => break flight,
                Joined::Second(landing) => landing.wait().await,
            }
        };
        if let Some(known) = self.journal.find(key)? {
            return known.into_reply().map_err(ChatError::Lm);
        }
        let mut call = Call {
            ledger,
            retry,
            run: self,
            lm,
            request,
            tag,
            key,
            unrecorded: Spend::default(),
        };
        match self.cache.as_ref().and_then(|cache| cache.find(key)) {
            Some(reply) => call.take_from_cache(reply),
            None => call.send().await,
        }
    }

    /// Waits before another attempt. A provider that asks to slow down means all calls.
    async fn pause(&self, wait: Duration, error: &LmError) {
        if error.kind() == LmErrorKind::RateLimited {
            let until = Instant::now().checked_add(wait);
            let mut hold = self.hold.lock().unwrap_or_else(PoisonError::into_inner);
            *hold = (*hold).max(until);
        } else {
            tokio::time::sleep(wait).await;
        }
    }

    /// The failure of a call that the budget did not allow another attempt, if there was one.
    pub(super) fn cut_short(&self) -> Option<LmError> {
        let failure = self.cut_short.lock();
        failure.unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn note_cut_short(&self, failure: Option<LmError>) {
        let mut known = self
            .cut_short
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        *known = failure.or(known.take());
    }

    async fn wait_while_held(&self) {
        loop {
            let hold = *self.hold.lock().unwrap_or_else(PoisonError::into_inner);
            match hold {
                Some(until) if until > Instant::now() => tokio::time::sleep_until(until).await,
                _ => return,
            }
        }
    }
}

/// One call, from its first attempt to its record. However it ends, its cost is entered once in the
/// ledger and once in the journal. Only a call that is dropped while it is being sent leaves no record,
/// just as where the process is killed: the next attempt at the run makes it again, with the same
/// result to the byte.
struct Call<'a> {
    ledger: &'a SharedLedger,
    retry: Retry,
    run: &'a RunParts,
    lm: &'a Lm,
    request: &'a ChatRequest,
    tag: Tag<'a>,
    key: RequestKey,
    /// The cost of attempts that is in no record of the journal yet.
    unrecorded: Spend,
}

impl Call<'_> {
    fn take_from_cache(&mut self, reply: ChatReply) -> Result<ChatReply, ChatError> {
        self.enter(Spend::cache_hit());
        self.record(CallEnd::Reply(reply.clone()))?;
        Ok(reply)
    }

    async fn send(&mut self) -> Result<ChatReply, ChatError> {
        let worst = self.run.guard.worst_case(self.lm.info(), self.request)?;
        let retry = self.retry.of_call(self.key.number());
        let mut attempt = 0;
        let mut failure = None;
        loop {
            let error = match self.attempt(worst).await {
                Ok(Ok(reply)) => return self.keep(reply),
                Ok(Err(error)) => error,
                Err(refusal) => return self.stop_refused(refusal, failure),
            };
            match retry.wait(attempt, &error) {
                Some(wait) => self.run.pause(wait, &error).await,
                None => return self.give_up(error),
            }
            attempt += 1;
            failure = Some(error);
        }
    }

    /// Sends the request once. A reservation that is dropped before that returns to the budget.
    async fn attempt(&mut self, worst: Amount) -> Result<Result<ChatReply, LmError>, Refusal> {
        let reservation = self.run.guard.reserve(worst).await?;
        let _slot = self.run.slots.acquire().await;
        self.run.wait_while_held().await;
        // The wait may have been long.
        self.run.guard.check_time()?;
        let (lm, request) = (self.lm, self.request);
        let sent = Sent {
            call: self,
            reservation: Some(reservation),
        };
        let answer = lm.send(request, Permit::granted()).await;
        sent.land(&answer);
        Ok(answer)
    }

    /// Writes the reply to disk before it is used.
    fn keep(&mut self, reply: ChatReply) -> Result<ChatReply, ChatError> {
        self.record(CallEnd::Reply(reply.clone()))?;
        if let Some(cache) = &self.run.cache {
            cache.store(self.key, &reply)?;
        }
        Ok(reply)
    }

    fn give_up(&mut self, error: LmError) -> Result<ChatReply, ChatError> {
        // A failure that every call would meet is not kept as an answer: the run ends, and the next
        // attempt at it makes the call again.
        self.record(if error.kind().is_fatal() {
            CallEnd::Lost
        } else {
            CallEnd::failure(&error)
        })?;
        Err(error.into())
    }

    /// The budget refused another attempt: the cost of those before it must be recorded.
    fn stop_refused(
        &mut self,
        refusal: Refusal,
        failure: Option<LmError>,
    ) -> Result<ChatReply, ChatError> {
        self.run.note_cut_short(failure);
        if self.unrecorded.calls > 0 {
            self.record(CallEnd::Lost)?;
        }
        Err(refusal.into())
    }

    fn enter(&mut self, spend: Spend) {
        self.ledger.enter(self.tag, spend);
        self.unrecorded += spend;
    }

    fn record(&mut self, end: CallEnd) -> Result<(), JournalError> {
        let spend = std::mem::take(&mut self.unrecorded);
        let elapsed = self.run.guard.elapsed();
        let record = Record::new(self.key, self.tag, spend, elapsed, end);
        self.run.journal.write(record)
    }
}

/// An attempt that has been sent to the provider.
struct Sent<'c, 'a, 'r> {
    call: &'c mut Call<'a>,
    reservation: Option<Reservation<'r>>,
}

impl Sent<'_, '_, '_> {
    /// Replaces the reserved amount with what was spent.
    fn land(mut self, answer: &Result<ChatReply, LmError>) {
        if let Some(reservation) = self.reservation.take() {
            let spend = match answer {
                Ok(reply) => match reply.usage {
                    Some(usage) => Spend::of_reply(self.call.lm.info(), Some(usage)),
                    None => Spend::unmetered(reservation.worst()),
                },
                // A call that was interrupted may still be billed; one that the provider refused is not.
                Err(error) => match error.kind() {
                    LmErrorKind::Timeout | LmErrorKind::Protocol => {
                        Spend::unmetered(reservation.worst()).failed()
                    }
                    _ => Spend::of_failure(self.call.lm.info()),
                },
            };
            self.close(reservation, spend);
        }
    }

    fn close(&mut self, reservation: Reservation<'_>, spend: Spend) {
        self.call.enter(spend);
        reservation.settle(spend.amount());
    }
}

impl Drop for Sent<'_, '_, '_> {
    /// A call that was dropped after it was sent may be billed.
    fn drop(&mut self) {
        if let Some(reservation) = self.reservation.take() {
            let spend = Spend::unmetered(reservation.worst()).failed();
            self.close(reservation, spend);
        }
    }
}
