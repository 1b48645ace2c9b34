//! A limit that cannot be overrun: the worst case of a call is reserved before it is sent.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::sync::Notify;
use tokio::time::Instant;

use crate::lm::{ChatRequest, ModelInfo, Params, ReplyFormat, Usage, Usd};

/// Tokens that a chat template may add around each message, tool and call, on top of its text.
const TOKENS_AROUND_MESSAGE: u64 = 16;

/// What a run may spend, at most. Each limit holds on the sum over all calls of the run: those of
/// the program, the optimizer, the metrics and the retries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Budget {
    pub(crate) calls: Option<u64>,
    pub(crate) tokens: Option<u64>,
    pub(crate) usd: Option<Usd>,
    pub(crate) time: Option<Duration>,
}

impl Budget {
    /// No limit.
    #[must_use]
    pub const fn unlimited() -> Self {
        Self {
            calls: None,
            tokens: None,
            usd: None,
            time: None,
        }
    }

    /// At most this many calls are sent, failed and repeated ones included.
    #[must_use]
    pub const fn calls(calls: u64) -> Self {
        Self {
            calls: Some(calls),
            ..Self::unlimited()
        }
    }

    /// At most this many tokens of prompts and replies. Every request then needs a `max_tokens`.
    #[must_use]
    pub const fn tokens(tokens: u64) -> Self {
        Self {
            tokens: Some(tokens),
            ..Self::unlimited()
        }
    }

    /// At most this many dollars. Every model then needs a known price, and every request a
    /// `max_tokens`. A negative amount is 0.
    #[must_use]
    pub fn usd(usd: f64) -> Self {
        Self {
            usd: Some(Usd::from_usd(usd)),
            ..Self::unlimited()
        }
    }

    /// No call is begun after this time of work. The time of earlier sittings of the same run counts.
    #[must_use]
    pub const fn time(time: Duration) -> Self {
        Self {
            time: Some(time),
            ..Self::unlimited()
        }
    }

    /// Both budgets at once: of two limits of a kind the tighter one holds.
    ///
    /// ```
    /// use dashoptimize::lm::Budget;
    ///
    /// let budget = Budget::usd(2.0).and(Budget::calls(500));
    /// ```
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            calls: tighter(self.calls, other.calls),
            tokens: tighter(self.tokens, other.tokens),
            usd: tighter(self.usd, other.usd),
            time: tighter(self.time, other.time),
        }
    }
}

fn tighter<T: Ord>(a: Option<T>, b: Option<T>) -> Option<T> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (one, other) => one.or(other),
    }
}

/// An amount of work and money.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Amount {
    /// Calls.
    pub calls: u64,
    /// Tokens of prompts and replies.
    pub tokens: u64,
    /// Money; `None` where a price is unknown.
    pub usd: Option<Usd>,
}

impl Amount {
    fn plus(self, other: Self) -> Self {
        Self {
            calls: self.calls.saturating_add(other.calls),
            tokens: self.tokens.saturating_add(other.tokens),
            // An unknown part adds nothing here: a budget in dollars refuses unpriced calls, and
            // without one the sum is not looked at.
            usd: Some(self.money().saturating_add(other.money())),
        }
    }

    fn minus(self, other: Self) -> Self {
        Self {
            calls: self.calls.saturating_sub(other.calls),
            tokens: self.tokens.saturating_sub(other.tokens),
            usd: Some(self.money().saturating_sub(other.money())),
        }
    }

    fn money(self) -> Usd {
        self.usd.unwrap_or(Usd::ZERO)
    }
}

/// A call that the budget does not allow.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// A limit is reached, or the call could go over it.
    #[error("the budget of {limit} is used up")]
    UsedUp {
        /// The limit, in words.
        limit: String,
    },
    /// A limit in dollars, and a model of unknown price.
    #[error(
        "the budget is in dollars, but the price of `{model}` is unknown; set it with \
         `price(Price::per_1m(..))`, or use a budget of calls or tokens"
    )]
    Unpriced {
        /// The model.
        model: String,
    },
    /// A limit in tokens or dollars, and a reply that may be of any length.
    #[error(
        "the budget is in tokens or dollars, but a reply of `{model}` may be of any length; set \
         `max_tokens` on the program"
    )]
    Unbounded {
        /// The model.
        model: String,
    },
}

/// Watches over a [`Budget`].
pub(super) struct Guard {
    budget: Budget,
    begun: Instant,
    /// Time spent in earlier sittings of the run.
    before: Duration,
    state: Mutex<State>,
    settled: Notify,
}

struct State {
    spent: Amount,
    reserved: Amount,
    kept_back: Amount,
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
            begun: Instant::now(),
            before,
            state: Mutex::new(State {
                spent,
                reserved: Amount::default(),
                kept_back: Amount::default(),
            }),
            settled: Notify::new(),
        }
    }

    pub(super) fn elapsed(&self) -> Duration {
        self.before + self.begun.elapsed()
    }

    pub(super) fn keep_back(&self, amount: Amount) {
        self.lock().kept_back = amount;
        self.settled.notify_waiters();
    }

    /// Whether the worst case of requests like this is known, as far as the budget needs it.
    pub(super) fn check(&self, model: &ModelInfo, params: &Params) -> Result<(), Refusal> {
        let output = params.max_tokens.or(model.max_output_tokens);
        let metered = self.budget.tokens.is_some() || self.budget.usd.is_some();
        if metered && output.is_none() {
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

    /// The most that this request can cost.
    pub(super) fn worst_case(
        &self,
        model: &ModelInfo,
        request: &ChatRequest,
    ) -> Result<Amount, Refusal> {
        self.check(model, &request.params)?;
        let output = request.params.max_tokens.or(model.max_output_tokens);
        let usage = Usage::new(longest_prompt(request), u64::from(output.unwrap_or(0)));
        Ok(Amount {
            calls: 1,
            tokens: usage.total(),
            // Of a reply that may be of any length, the price is unknown.
            usd: output.and(model.price).map(|price| price.cost(usage)),
        })
    }

    /// Whether there is time left to begin a call.
    pub(super) fn check_time(&self) -> Result<(), Refusal> {
        match self.budget.time {
            Some(limit) if self.elapsed() >= limit => {
                Err(used_up(format_args!("{:.0} s", limit.as_secs_f64())))
            }
            _ => Ok(()),
        }
    }

    /// Takes the worst case out of the budget. Where it would fit once calls on their way have
    /// settled for less, waits for them.
    pub(super) async fn reserve(&self, worst: Amount) -> Result<Reservation<'_>, Refusal> {
        loop {
            let mut settled = std::pin::pin!(self.settled.notified());
            // Registered before the look, so that no settlement in between is missed.
            settled.as_mut().enable();
            match self.try_reserve(worst)? {
                Some(reservation) => return Ok(reservation),
                None => settled.await,
            }
        }
    }

    fn try_reserve(&self, worst: Amount) -> Result<Option<Reservation<'_>>, Refusal> {
        self.check_time()?;
        let mut state = self.lock();
        let settled = state.spent.plus(state.kept_back).plus(worst);
        self.fits(settled)?;
        if self.fits(settled.plus(state.reserved)).is_err() {
            return Ok(None);
        }
        state.reserved = state.reserved.plus(worst);
        Ok(Some(Reservation {
            guard: self,
            worst,
            settled: false,
        }))
    }

    fn fits(&self, amount: Amount) -> Result<(), Refusal> {
        match self.budget {
            Budget {
                calls: Some(limit), ..
            } if amount.calls > limit => Err(used_up(format_args!("{limit} calls"))),
            Budget {
                tokens: Some(limit),
                ..
            } if amount.tokens > limit => Err(used_up(format_args!("{limit} tokens"))),
            Budget {
                usd: Some(limit), ..
            } if amount.money() > limit => Err(used_up(format_args!("{limit}"))),
            _ => Ok(()),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The most tokens that a prompt can have. No tokenizer in use makes more tokens of a text than it has
/// bytes; the schema of a reply that must be JSON, and what is said of tools, are part of the prompt.
fn longest_prompt(request: &ChatRequest) -> u64 {
    let calls: usize = request
        .messages()
        .map(|message| message.tool_calls.len())
        .sum();
    let messages = (request.messages().count() + calls + request.tools.len()) as u64 + 1;
    let schema = match &*request.format {
        ReplyFormat::JsonSchema { name, schema } => name.len() + schema.to_string().len(),
        ReplyFormat::Text | ReplyFormat::JsonObject => 0,
    };
    (request.bytes() + schema) as u64 + messages * TOKENS_AROUND_MESSAGE
}

fn used_up(limit: fmt::Arguments<'_>) -> Refusal {
    Refusal::UsedUp {
        limit: limit.to_string(),
    }
}

impl Reservation<'_> {
    pub(super) const fn worst(&self) -> Amount {
        self.worst
    }

    /// Puts what was really spent in the place of the worst case.
    pub(super) fn settle(mut self, spent: Amount) {
        self.settled = true;
        self.close(spent);
    }

    fn close(&self, spent: Amount) {
        let mut state = self.guard.lock();
        state.reserved = state.reserved.minus(self.worst);
        state.spent = state.spent.plus(spent);
        drop(state);
        self.guard.settled.notify_waiters();
    }
}

impl Drop for Reservation<'_> {
    /// What was never sent costs nothing.
    fn drop(&mut self) {
        if !self.settled {
            self.close(Amount::default());
        }
    }
}
