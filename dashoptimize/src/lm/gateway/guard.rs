//! A limit that cannot be exceeded: the worst case of a call is reserved before it is sent.

use std::future::Future;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

use super::budget::{Amount, Budget, Refusal};
use super::excess::{Excesses, UsageExcess};
use super::worst_case::{WorstCase, media_tokens};
use crate::lm::chat_model::ModelInfo;
use crate::lm::params::Params;
use crate::lm::reply::Usage;
use crate::lm::request::ChatRequest;

/// Enforces a [`Budget`].
pub(super) struct Guard {
    budget: Budget,
    started: Instant,
    /// The working time of earlier attempts at the run.
    before: Duration,
    state: Mutex<State>,
    settled: Notify,
    pub(super) excesses: Excesses,
}

struct State {
    spent: Amount,
    /// The worst cases of calls in flight.
    in_flight: Amount,
    /// What no call may use for now.
    reserve: Amount,
    /// The most that one of the calls that were asked for so far can cost.
    largest: Amount,
}

/// The worst case of one call, taken out of the budget until it is settled.
pub(super) struct Reservation<'a> {
    guard: &'a Guard,
    worst: Amount,
    settled: bool,
}

impl Guard {
    pub(super) fn new(budget: Budget, spent: Amount, before: Duration) -> Self {
        Self {
            budget,
            started: Instant::now(),
            before,
            state: Mutex::new(State {
                spent,
                in_flight: Amount::default(),
                reserve: Amount::default(),
                largest: Amount::default(),
            }),
            settled: Notify::new(),
            excesses: Excesses::default(),
        }
    }

    pub(super) fn elapsed(&self) -> Duration {
        self.before.saturating_add(self.started.elapsed())
    }

    /// Sets how much of the budget no call may use.
    pub(super) fn set_reserve(&self, amount: Amount) {
        self.lock().reserve = amount;
        self.settled.notify_waiters();
    }

    /// What is spent, and the most that one of the calls so far can cost.
    pub(super) fn spent_and_largest(&self) -> (Amount, Amount) {
        let state = self.lock();
        (state.spent, state.largest)
    }

    /// Whether the worst case of requests to this model is known, as far as the budget needs it. Without
    /// parameters, the length of replies is left to each call.
    pub(super) fn check(&self, model: &ModelInfo, params: Option<&Params>) -> Result<(), Refusal> {
        let is_unbounded =
            |params: &Params| params.max_tokens.or(model.max_output_tokens).is_none();
        if self.counts_tokens() && params.is_some_and(is_unbounded) {
            return Err(Refusal::Unbounded {
                model: model.id.clone(),
            });
        }
        if self.budget.usd.is_some() && model.price.is_none() {
            return Err(Refusal::Unpriced {
                model: model.id.clone(),
            });
        }
        Ok(())
    }

    const fn counts_tokens(&self) -> bool {
        self.budget.tokens.is_some() || self.budget.usd.is_some()
    }

    /// The most that this request can cost.
    pub(super) fn worst_case(
        &self,
        model: &ModelInfo,
        request: &ChatRequest,
    ) -> Result<Amount, Refusal> {
        self.check(model, Some(&request.params))?;
        if self.counts_tokens() {
            media_tokens(model, request)?;
        }
        let worst = self
            .excesses
            .raised(&model.id, WorstCase::of(model, request))
            .amount(model);
        let mut state = self.lock();
        state.largest = state.largest.most(worst);
        Ok(worst)
    }

    /// Compares what the provider reports with the worst case of the request. Without a limit in tokens
    /// or dollars, nothing depends on it.
    pub(super) fn compare(
        &self,
        model: &ModelInfo,
        request: &ChatRequest,
        reported: Usage,
    ) -> Option<UsageExcess> {
        if !self.counts_tokens() {
            return None;
        }
        let possible = WorstCase::of(model, request);
        self.excesses.compare(&model.id, possible, reported)
    }

    /// Whether there is time left to start a call.
    pub(super) fn check_time(&self) -> Result<(), Refusal> {
        match self.budget.time {
            Some(limit) if self.elapsed() >= limit => Err(out_of_time(limit)),
            _ => Ok(()),
        }
    }

    /// Waits for something, but not beyond the time limit.
    pub(super) async fn in_time<T>(&self, waiting: impl Future<Output = T>) -> Result<T, Refusal> {
        let Some(limit) = self.budget.time else {
            return Ok(waiting.await);
        };
        let left = limit.saturating_sub(self.elapsed());
        let waited = tokio::time::timeout(left, waiting).await;
        waited.map_err(|_| out_of_time(limit))
    }

    /// Takes the worst case out of the budget. Where it would fit once calls in flight have settled for
    /// less, waits for them.
    pub(super) async fn reserve(&self, worst: Amount) -> Result<Reservation<'_>, Refusal> {
        loop {
            let mut settled = std::pin::pin!(self.settled.notified());
            // Registered before the attempt, so that no settlement in between is missed.
            settled.as_mut().enable();
            match self.try_reserve(worst)? {
                Some(reservation) => return Ok(reservation),
                None => self.in_time(settled).await?,
            }
        }
    }

    fn try_reserve(&self, worst: Amount) -> Result<Option<Reservation<'_>>, Refusal> {
        self.check_time()?;
        let mut state = self.lock();
        let settled = state.spent.plus(state.reserve).plus(worst);
        self.fits(settled)?;
        if self.fits(settled.plus(state.in_flight)).is_err() {
            return Ok(None);
        }
        state.in_flight = state.in_flight.plus(worst);
        Ok(Some(Reservation {
            guard: self,
            worst,
            settled: false,
        }))
    }

    fn fits(&self, amount: Amount) -> Result<(), Refusal> {
        match self.budget.first_exceeded(amount) {
            Some(limit) => Err(Refusal::UsedUp { limit }),
            None => Ok(()),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn out_of_time(limit: Duration) -> Refusal {
    let limit = match limit.as_secs() {
        0..10 => format!("{limit:?}"),
        seconds => format!("{seconds} s"),
    };
    Refusal::OutOfTime { limit }
}

impl Reservation<'_> {
    pub(super) const fn worst(&self) -> Amount {
        self.worst
    }

    /// Replaces the worst case with what was spent.
    pub(super) fn settle(mut self, spent: Amount) {
        self.settled = true;
        self.close(spent);
    }

    fn close(&self, spent: Amount) {
        let mut state = self.guard.lock();
        state.in_flight = state.in_flight.minus(self.worst);
        state.spent = state.spent.plus(spent);
        drop(state);
        self.guard.settled.notify_waiters();
    }
}

impl Drop for Reservation<'_> {
    /// A call that was never sent costs nothing.
    fn drop(&mut self) {
        if !self.settled {
            self.close(Amount::default());
        }
    }
}
