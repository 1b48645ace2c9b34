//! One call: limited, tried again where that can help, recorded, and paid for once.

use std::pin::pin;
use std::time::Duration;

use super::budget::{Amount, Refusal};
use super::chat_error::ChatError;
use super::guard::Reservation;
use super::journal::JournalError;
use super::ledger::{SharedLedger, Spend, Tag, known_usage};
use super::limits::Limits;
use super::record::{CallEnd, Record};
use super::recording::Recording;
use super::worst_case::WorstCase;
use crate::lm::chat_model::Permit;
use crate::lm::request_key::RequestKey;
use crate::lm::{ChatReply, ChatRequest, Lm, LmError, LmErrorKind, Retry};

/// What one attempt gave.
type Answer = Result<ChatReply, LmError>;

/// One call, from its first attempt to its end. Before an attempt is sent, its worst case is reserved and
/// written to the journal; however it ends, its cost is entered once in the ledger, and its end is written
/// before it is used. An attempt that is dropped or killed on its way leaves the first record alone, which
/// counts with the worst case.
pub(super) struct Call<'a> {
    pub(super) ledger: &'a SharedLedger,
    pub(super) limits: &'a Limits,
    pub(super) lm: &'a Lm,
    pub(super) request: &'a ChatRequest,
    pub(super) tag: Tag<'a>,
    /// What all attempts cost so far.
    pub(super) spend: &'a mut Spend,
}

/// Where a call is recorded.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    recording: &'a Recording,
    key: RequestKey,
}

impl<'a> Call<'a> {
    /// Makes a call that is not recorded.
    pub(super) async fn make_unrecorded(&mut self) -> Result<ChatReply, ChatError> {
        let Some(limit) = self.limits.deadline else {
            return self.send(None).await;
        };
        let model = &self.lm.info().id;
        let too_late = format!(
            "`{model}` gave no answer within {limit:?}, all attempts and waits included; set a longer \
             `Gateway::deadline`, or fewer attempts"
        );
        let sending = pin!(self.send(None));
        let sent = tokio::time::timeout(limit, sending).await;
        sent.unwrap_or_else(|_| Err(LmError::new(LmErrorKind::Timeout, too_late).into()))
    }

    /// Makes a call of a run, unless its end is known.
    pub(super) async fn make(
        &mut self,
        recording: &'a Recording,
        key: RequestKey,
    ) -> Result<ChatReply, ChatError> {
        let guard = self.limits.guard.as_ref();
        if let Some(guard) = guard {
            guard.worst_case(self.lm.info(), self.request)?;
        }
        let _flight = recording.join(key, guard).await?;
        if let Some((end, cost)) = recording.journal.find(key)? {
            *self.spend += cost;
            return end.into_reply().map_err(ChatError::Lm);
        }
        let place = Place { recording, key };
        let cached = recording.cache.as_ref();
        match cached.and_then(|cache| cache.find(key)) {
            Some(reply) => self.take_from_cache(place, reply),
            None => self.send(Some(place)).await,
        }
    }

    fn take_from_cache(
        &mut self,
        place: Place<'a>,
        reply: ChatReply,
    ) -> Result<ChatReply, ChatError> {
        let spend = Spend::cache_hit();
        self.enter(spend);
        let end = CallEnd::Reply(reply.clone());
        place.write(self.record(place, spend, end))?;
        Ok(reply)
    }

    async fn send(&mut self, place: Option<Place<'a>>) -> Result<ChatReply, ChatError> {
        let mut attempt = 0;
        let mut retry = None;
        let mut failure = None;
        loop {
            let attempted = self.attempt(place, attempt, &mut retry).await;
            let (error, wait) = match self.or_cut_short(place, attempted, &mut failure)? {
                Attempt::Answered(reply) => return Ok(reply),
                Attempt::Failed(error, None) => return Err(error.into()),
                Attempt::Failed(error, Some(wait)) => (error, wait),
            };
            let paused = self.limits.pause(wait, &error).await;
            failure = Some(error);
            self.or_cut_short(place, paused.map_err(ChatError::Refused), &mut failure)?;
            attempt += 1;
        }
    }

    /// Sends the request once. A reservation that is dropped before that returns to the budget.
    async fn attempt(
        &mut self,
        place: Option<Place<'a>>,
        attempt: u32,
        retry: &mut Option<Retry>,
    ) -> Result<Attempt, ChatError> {
        let limits = self.limits;
        // The slot first: what is known by then of the model's usage is in the worst case, so that no more
        // calls than can be in flight are reserved too low.
        let _slot = limits.slot().await?;
        let reservation = self.reserve().await?;
        limits.wait_while_held().await?;
        let number = match (place, &reservation) {
            (Some(place), Some(reservation)) => {
                Some(self.record_start(place, reservation.worst())?)
            }
            _ => None,
        };
        let (lm, request) = (self.lm, self.request);
        let mut sent = Sent {
            call: self,
            reservation,
            is_settled: false,
        };
        let answer = lm.send(request, Permit::granted()).await;
        let spend = sent.settle(&answer);
        drop(sent);
        let wait = answer.as_ref().err().and_then(|error| {
            let retry = retry.get_or_insert_with(|| limits.retry_of(place.map(|place| place.key)));
            retry.wait(attempt, error)
        });
        if let Some(place) = place {
            self.record_end(place, number, spend, &answer, wait)?;
        }
        Ok(match answer {
            Ok(reply) => Attempt::Answered(reply),
            Err(error) => Attempt::Failed(error, wait),
        })
    }

    async fn reserve(&self) -> Result<Option<Reservation<'a>>, Refusal> {
        let Some(guard) = &self.limits.guard else {
            return Ok(None);
        };
        let worst = guard.worst_case(self.lm.info(), self.request)?;
        guard.reserve(worst).await.map(Some)
    }

    fn record_start(&self, place: Place<'a>, worst: Amount) -> Result<u64, JournalError> {
        let spend = Spend::unmetered(worst).failed();
        place.write(self.record(place, spend, CallEnd::Sent))
    }

    /// Writes how an attempt ended. A reply is on disk before it is used.
    fn record_end(
        &mut self,
        place: Place<'a>,
        start: Option<u64>,
        spend: Spend,
        answer: &Answer,
        wait: Option<Duration>,
    ) -> Result<(), JournalError> {
        let end = match answer {
            Ok(reply) => CallEnd::Reply(reply.clone()),
            // A failure that every call would meet is not kept as an answer: the run ends, and the next
            // attempt at it makes the call again.
            Err(error) if wait.is_some() || error.kind().is_fatal() => CallEnd::Again,
            Err(error) => CallEnd::failure(error),
        };
        let mut record = self.record(place, spend, end);
        record.of = start;
        record.before = self.spend.without(spend);
        if let (Ok(reply), Some(guard)) = (answer, &self.limits.guard) {
            let reported = known_usage(reply);
            record.beyond =
                reported.and_then(|usage| guard.compare(self.lm.info(), self.request, usage));
        }
        place.write(record)?;
        match (answer, &place.recording.cache) {
            (Ok(reply), Some(cache)) => cache.store(place.key, reply),
            _ => Ok(()),
        }
    }

    fn record(&self, place: Place<'a>, spend: Spend, end: CallEnd) -> Record {
        Record::new(place.key, self.tag, spend, self.limits.elapsed(), end)
    }

    /// Remembers why a call that the budget does not allow another attempt has no answer.
    fn or_cut_short<T>(
        &self,
        place: Option<Place<'a>>,
        attempted: Result<T, ChatError>,
        failure: &mut Option<LmError>,
    ) -> Result<T, ChatError> {
        if let (Err(ChatError::Refused(_)), Some(place)) = (&attempted, place) {
            place.recording.note_cut_short(failure.take());
        }
        attempted
    }

    fn enter(&mut self, spend: Spend) {
        self.ledger.enter(self.tag, spend);
        *self.spend += spend;
    }
}

/// An attempt that was sent.
enum Attempt {
    Answered(ChatReply),
    /// With the wait before another attempt, if there is to be one.
    Failed(LmError, Option<Duration>),
}

impl Place<'_> {
    fn write(self, record: Record) -> Result<u64, JournalError> {
        self.recording.journal.write(record)
    }
}

/// An attempt that has been sent to the provider.
struct Sent<'c, 'a> {
    call: &'c mut Call<'a>,
    reservation: Option<Reservation<'a>>,
    is_settled: bool,
}

impl Sent<'_, '_> {
    /// Replaces the reserved amount with what was spent, and enters that in the ledger.
    fn settle(&mut self, answer: &Answer) -> Spend {
        let worst = || self.worst();
        let spend = Spend::of_attempt(self.call.lm.info(), answer, worst);
        self.close(spend);
        spend
    }

    fn worst(&self) -> Amount {
        match &self.reservation {
            Some(reservation) => reservation.worst(),
            None => {
                let model = self.call.lm.info();
                WorstCase::of(model, self.call.request).amount(model)
            }
        }
    }

    fn close(&mut self, spend: Spend) {
        self.is_settled = true;
        self.call.enter(spend);
        if let Some(reservation) = self.reservation.take() {
            reservation.settle(spend.amount());
        }
    }
}

impl Drop for Sent<'_, '_> {
    /// A call that was dropped after it was sent may be billed.
    fn drop(&mut self) {
        if !self.is_settled {
            self.close(Spend::unmetered(self.worst()).failed());
        }
    }
}
