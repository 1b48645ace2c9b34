//! A limit that cannot be exceeded: the worst case of a call is reserved before it is sent.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

use super::budget::{Amount, Budget, Refusal};
use crate::lm::chat_model::{MediaSupport, ModelInfo};
use crate::lm::content::MediaKind;
use crate::lm::params::{Params, ReplyFormat};
use crate::lm::reply::Usage;
use crate::lm::request::ChatRequest;

/// Tokens that a chat template may add around each message, tool and call, in addition to its text.
const TOKENS_AROUND_MESSAGE: u64 = 16;

/// Enforces a [`Budget`].
pub(super) struct Guard {
    budget: Budget,
    started: Instant,
    /// The working time of earlier attempts at the run.
    before: Duration,
    state: Mutex<State>,
    settled: Notify,
}

struct State {
    spent: Amount,
    /// The worst cases of calls in flight.
    in_flight: Amount,
    /// What no call may use for now.
    reserve: Amount,
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
            }),
            settled: Notify::new(),
        }
    }

    pub(super) fn elapsed(&self) -> Duration {
        self.before + self.started.elapsed()
    }

    /// Sets how much of the budget no call may use.
    pub(super) fn set_reserve(&self, amount: Amount) {
        self.lock().reserve = amount;
        self.settled.notify_waiters();
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
        let media = match media_tokens(model, request) {
            Err(refusal) if self.counts_tokens() => return Err(refusal),
            media => media.ok(),
        };
        let output = request.params.max_tokens.or(model.max_output_tokens);
        let prompt = longest_prompt(request).saturating_add(media.unwrap_or(0));
        let usage = Usage::new(prompt, u64::from(output.unwrap_or(0)));
        // Where the reply may be of any length, or media count as any number of tokens, the cost is
        // unknown.
        let price = model.price.filter(|_| output.is_some() && media.is_some());
        Ok(Amount {
            calls: 1,
            tokens: usage.total(),
            usd: price.map(|price| price.cost(usage)),
        })
    }

    /// Whether there is time left to start a call.
    pub(super) fn check_time(&self) -> Result<(), Refusal> {
        match self.budget.time {
            Some(limit) if self.elapsed() >= limit => {
                Err(used_up(format_args!("{:.0} s", limit.as_secs_f64())))
            }
            _ => Ok(()),
        }
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
                None => settled.await,
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

/// The most tokens that the texts of a prompt can have. No tokenizer in use makes more tokens of a text
/// than it has bytes; the schema of a reply that must be JSON, and tools, are part of the prompt.
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

/// The most tokens that the media of a prompt can count as.
fn media_tokens(model: &ModelInfo, request: &ChatRequest) -> Result<u64, Refusal> {
    let count = request.media();
    let mut tokens: u64 = 0;
    for media in MediaKind::ALL {
        let parts = u64::from(count.of(media));
        tokens = match model.support(media) {
            _ if parts == 0 => tokens,
            MediaSupport::UpTo(most) => tokens.saturating_add(parts.saturating_mul(most.into())),
            MediaSupport::Unsupported | MediaSupport::Unbounded => {
                let model = model.id.clone();
                return Err(Refusal::UnboundedMedia { model, media });
            }
        };
    }
    Ok(tokens)
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
