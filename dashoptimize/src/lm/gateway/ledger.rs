//! What was spent, and on what.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

use super::budget::Amount;
use crate::lm::{ChatReply, FailureCost, LmError, ModelInfo, Usage, Usd};

/// The purpose of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Purpose {
    /// The program does its task.
    Task,
    /// An optimizer asks for new instructions or data.
    Propose,
    /// A model reflects on what went wrong, for an optimizer or for a program's next attempt.
    Reflect,
    /// A metric asks a judge.
    Judge,
    /// The model is asked to correct a reply that could not be read.
    Repair,
}

impl Purpose {
    /// All purposes, in the order of reports.
    pub const ALL: [Self; 5] = [
        Self::Task,
        Self::Propose,
        Self::Reflect,
        Self::Judge,
        Self::Repair,
    ];

    /// The name in reports and journals.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Task => "task",
            Self::Propose => "propose",
            Self::Reflect => "reflect",
            Self::Judge => "judge",
            Self::Repair => "repair",
        }
    }
}

/// What a call is entered under in the ledger.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Tag<'a> {
    /// The purpose of the call.
    pub purpose: Purpose,
    /// The path of the predictor that makes the call.
    pub predictor: &'a Arc<str>,
    /// The candidate of the run that the call is made for; 0 is the program as given.
    pub candidate: u32,
    /// Whether the row is tried a second time because of a failure of the provider. A call that the
    /// journal knows to have failed is then made once more.
    pub(crate) second_try: bool,
}

impl<'a> Tag<'a> {
    /// A call of this predictor for the program as given.
    #[must_use]
    pub const fn new(purpose: Purpose, predictor: &'a Arc<str>) -> Self {
        Self {
            purpose,
            predictor,
            candidate: 0,
            second_try: false,
        }
    }

    /// Sets the candidate that the call is made for. Default 0, the program as given.
    #[must_use]
    pub const fn with_candidate(mut self, candidate: u32) -> Self {
        self.candidate = candidate;
        self
    }
}

/// What some calls cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Spend {
    /// Calls that were sent, failed ones included.
    pub calls: u64,
    /// How many of them got no reply.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub failed: u64,
    /// Attempts for which no connection could be made. Nothing was sent, so they are not among the calls.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub unsent: u64,
    /// Replies that came from the cache, for which nothing was sent.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub cache_hits: u64,
    /// Tokens, as the provider counted them.
    #[serde(default, skip_serializing_if = "is_nothing")]
    pub usage: Usage,
    /// Tokens of calls whose usage the provider did not report: the most that they can have been.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub unmetered_tokens: u64,
    /// Money. `None` where the cost of a call is unknown.
    pub cost: Option<Usd>,
}

impl Default for Spend {
    fn default() -> Self {
        Self::NOTHING
    }
}

impl Spend {
    pub(crate) const NOTHING: Self = Self {
        calls: 0,
        failed: 0,
        unsent: 0,
        cache_hits: 0,
        usage: Usage::new(0, 0),
        unmetered_tokens: 0,
        cost: Some(Usd::ZERO),
    };

    /// What an answered or failed attempt cost. `worst` is the most that it can have cost, for one whose
    /// cost is unknown.
    pub(super) fn of_attempt(
        model: &ModelInfo,
        answer: &Result<ChatReply, LmError>,
        worst: impl FnOnce() -> Amount,
    ) -> Self {
        match answer {
            Ok(reply) => match known_usage(reply) {
                Some(usage) => Self::of_usage(model, usage),
                None => Self::unmetered(worst()),
            },
            Err(error) => match error.cost() {
                FailureCost::NotSent => Self::unsent(),
                FailureCost::Nothing => Self::of_usage(model, Usage::default()).failed(),
                FailureCost::Unknown => Self::unmetered(worst()).failed(),
                FailureCost::Usage(usage) => Self::of_usage(model, usage).failed(),
            },
        }
    }

    fn of_usage(model: &ModelInfo, usage: Usage) -> Self {
        Self {
            calls: 1,
            usage,
            cost: model.price.map(|price| price.cost(usage)),
            ..Self::NOTHING
        }
    }

    /// An attempt for which no connection was made.
    const fn unsent() -> Self {
        Self {
            unsent: 1,
            ..Self::NOTHING
        }
    }

    /// A reply that came from the cache.
    pub(super) const fn cache_hit() -> Self {
        Self {
            cache_hits: 1,
            ..Self::NOTHING
        }
    }

    /// A call whose usage is unknown, counted with its worst case.
    pub(super) fn unmetered(worst: Amount) -> Self {
        Self {
            calls: 1,
            unmetered_tokens: worst.tokens,
            cost: worst.usd,
            ..Self::NOTHING
        }
    }

    pub(super) const fn failed(mut self) -> Self {
        self.failed = self.calls;
        self
    }

    /// This without a part of it, or `None` if nothing is left.
    pub(super) fn without(self, part: Self) -> Option<Self> {
        let minus = u64::saturating_sub;
        let rest = Self {
            calls: minus(self.calls, part.calls),
            failed: minus(self.failed, part.failed),
            unsent: minus(self.unsent, part.unsent),
            cache_hits: minus(self.cache_hits, part.cache_hits),
            usage: Usage::new(
                minus(self.usage.input, part.usage.input),
                minus(self.usage.output, part.usage.output),
            )
            .with_cached(minus(self.usage.cached, part.usage.cached)),
            unmetered_tokens: minus(self.unmetered_tokens, part.unmetered_tokens),
            cost: match (self.cost, part.cost) {
                (Some(all), Some(part)) => Some(all.saturating_sub(part)),
                _ => None,
            },
        };
        (rest.calls > 0 || rest.unsent > 0).then_some(rest)
    }

    pub(crate) const fn amount(&self) -> Amount {
        Amount {
            calls: self.calls,
            tokens: self.usage.total().saturating_add(self.unmetered_tokens),
            usd: self.cost,
        }
    }
}

/// The usage that a provider reports, unless it cannot be: a prompt has tokens, and so has a reply with
/// content.
pub(super) fn known_usage(reply: &ChatReply) -> Option<Usage> {
    let is_possible = |usage: &Usage| usage.input > 0 && (usage.output > 0 || reply.bytes() == 0);
    reply.usage.filter(is_possible)
}

const fn is_zero(number: &u64) -> bool {
    *number == 0
}

fn is_nothing(usage: &Usage) -> bool {
    *usage == Usage::default()
}

impl std::ops::AddAssign for Spend {
    fn add_assign(&mut self, other: Self) {
        self.calls = self.calls.saturating_add(other.calls);
        self.failed = self.failed.saturating_add(other.failed);
        self.unsent = self.unsent.saturating_add(other.unsent);
        self.cache_hits = self.cache_hits.saturating_add(other.cache_hits);
        self.usage += other.usage;
        self.unmetered_tokens = self.unmetered_tokens.saturating_add(other.unmetered_tokens);
        self.cost = match (self.cost, other.cost) {
            (Some(a), Some(b)) => Some(a.saturating_add(b)),
            _ => None,
        };
    }
}

/// Everything that was spent, by purpose, predictor and candidate. The parts sum to the total.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ledger {
    parts: BTreeMap<(Purpose, Arc<str>, u32), Spend>,
    total: Spend,
}

impl Ledger {
    pub(super) const fn new() -> Self {
        Self {
            parts: BTreeMap::new(),
            total: Spend::NOTHING,
        }
    }

    /// The sum of all parts.
    #[must_use]
    pub const fn total(&self) -> Spend {
        self.total
    }

    /// The parts: purpose, path of the predictor, candidate, and what was spent.
    pub fn parts(&self) -> impl Iterator<Item = (Purpose, &str, u32, Spend)> {
        self.parts
            .iter()
            .map(|((purpose, predictor, candidate), spend)| {
                (*purpose, &**predictor, *candidate, *spend)
            })
    }

    /// What was spent for one purpose.
    #[must_use]
    pub fn for_purpose(&self, purpose: Purpose) -> Spend {
        self.sum(|part, _, _| part == purpose)
    }

    /// What was spent by one predictor.
    #[must_use]
    pub fn for_predictor(&self, path: &str) -> Spend {
        self.sum(|_, part, _| part == path)
    }

    fn sum(&self, wanted: impl Fn(Purpose, &str, u32) -> bool) -> Spend {
        let mut sum = Spend::default();
        for (purpose, predictor, candidate, spend) in self.parts() {
            if wanted(purpose, predictor, candidate) {
                sum += spend;
            }
        }
        sum
    }

    pub(super) fn enter(&mut self, tag: Tag<'_>, spend: Spend) {
        let key = (tag.purpose, Arc::clone(tag.predictor), tag.candidate);
        *self.parts.entry(key).or_default() += spend;
        self.total += spend;
    }
}

/// The ledger that all calls of a gateway are entered in.
#[derive(Debug)]
pub(super) struct SharedLedger(Mutex<Ledger>);

impl SharedLedger {
    pub(super) const fn new(ledger: Ledger) -> Self {
        Self(Mutex::new(ledger))
    }

    pub(super) fn enter(&self, tag: Tag<'_>, spend: Spend) {
        self.lock().enter(tag, spend);
    }

    pub(super) fn total(&self) -> Spend {
        self.lock().total()
    }

    pub(super) fn snapshot(&self) -> Ledger {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, Ledger> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
