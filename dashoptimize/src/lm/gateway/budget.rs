//! What a run may spend, and why a call is refused.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::error_text::debug_is_message;
use crate::lm::content::MediaKind;
use crate::lm::price::Usd;

/// The most that a run may spend. Each limit applies to the sum over all calls of the run: those of
/// the program, the optimizer and the metrics, retries included.
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

    /// At most this many tokens of prompts and replies. Every request then needs a `max_tokens`, unless
    /// the model's own limit is known.
    #[must_use]
    pub const fn tokens(tokens: u64) -> Self {
        Self {
            tokens: Some(tokens),
            ..Self::unlimited()
        }
    }

    /// At most this many dollars. Every model then needs a known price, and every request a
    /// `max_tokens`, unless the model's own limit is known.
    ///
    /// A number that is no amount of money allows no more than a smaller one would: a negative number and
    /// NaN count as 0, so that every call is refused that can cost anything, and a number over a million
    /// billions, such as infinity, counts as a million billions.
    ///
    /// ```
    /// use dashoptimize::lm::Budget;
    ///
    /// assert_eq!(Budget::usd(-1.0), Budget::usd(0.0));
    /// assert_eq!(Budget::usd(f64::NAN), Budget::usd(0.0));
    /// assert_eq!(Budget::usd(f64::INFINITY), Budget::usd(1e15));
    /// ```
    #[must_use]
    pub const fn usd(usd: f64) -> Self {
        const MOST: f64 = 1e15;
        // NaN fails every comparison.
        let usd = match usd {
            _ if usd > MOST => MOST,
            _ if usd > 0.0 => usd,
            _ => 0.0,
        };
        Self {
            usd: Usd::try_from_usd(usd),
            ..Self::unlimited()
        }
    }

    /// No call is started after this much working time. The time of earlier attempts at the same run
    /// counts.
    #[must_use]
    pub const fn time(time: Duration) -> Self {
        Self {
            time: Some(time),
            ..Self::unlimited()
        }
    }

    /// Both budgets together: of two limits of a kind, the tighter one applies.
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

    /// The first limit, in words, that this much exceeds.
    pub(crate) fn first_exceeded(&self, amount: Amount) -> Option<String> {
        match *self {
            Self {
                calls: Some(limit), ..
            } if amount.calls > limit => Some(format!("{limit} calls")),
            Self {
                tokens: Some(limit),
                ..
            } if amount.tokens > limit => Some(format!("{limit} tokens")),
            Self {
                usd: Some(limit), ..
            } if amount.money() > limit => Some(limit.to_string()),
            _ => None,
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
pub(crate) struct Amount {
    pub(crate) calls: u64,
    /// Tokens of prompts and replies.
    pub(crate) tokens: u64,
    /// Money; `None` where a price is unknown.
    pub(crate) usd: Option<Usd>,
}

impl Amount {
    pub(crate) fn plus(self, other: Self) -> Self {
        Self {
            calls: self.calls.saturating_add(other.calls),
            tokens: self.tokens.saturating_add(other.tokens),
            // An unknown amount adds nothing: a budget in dollars refuses unpriced calls, and without
            // one the sum is not used.
            usd: Some(self.money().saturating_add(other.money())),
        }
    }

    pub(crate) fn minus(self, other: Self) -> Self {
        Self {
            calls: self.calls.saturating_sub(other.calls),
            tokens: self.tokens.saturating_sub(other.tokens),
            usd: Some(self.money().saturating_sub(other.money())),
        }
    }

    /// The larger of each.
    pub(crate) fn most(self, other: Self) -> Self {
        Self {
            calls: self.calls.max(other.calls),
            tokens: self.tokens.max(other.tokens),
            usd: Some(self.money().max(other.money())),
        }
    }

    /// This much times `numerator / denominator`, rounded up.
    pub(crate) fn scaled(self, numerator: u64, denominator: u64) -> Self {
        let scaled = |amount: u64| {
            let scaled = u128::from(amount) * u128::from(numerator);
            u64::try_from(scaled.div_ceil(denominator.max(1).into())).unwrap_or(u64::MAX)
        };
        Self {
            calls: scaled(self.calls),
            tokens: scaled(self.tokens),
            usd: self.usd.map(|usd| usd.scaled(numerator, denominator)),
        }
    }

    pub(crate) fn money(self) -> Usd {
        self.usd.unwrap_or(Usd::ZERO)
    }
}

/// A call that the budget does not allow.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// A limit is reached, or the call could exceed it.
    #[error("the budget of {limit} is used up")]
    UsedUp {
        /// The limit, such as `500 calls` or `$2.00`.
        limit: String,
    },
    /// The time limit is reached.
    #[error("the time limit of {limit} is reached")]
    OutOfTime {
        /// The limit, such as `90 s`.
        limit: String,
    },
    /// A limit in dollars, and a model of unknown price.
    #[error(
        "the budget is in dollars, but the price of `{model}` is unknown; set it with \
         `price(Price::per_1m(..))`, or use a budget of calls or tokens"
    )]
    Unpriced {
        /// The [id](crate::lm::ModelInfo::id) of the model.
        model: String,
    },
    /// A limit in tokens or dollars, and a reply that may be of any length.
    #[error(
        "the budget is in tokens or dollars, but a reply of `{model}` may be of any length; set \
         `max_tokens` on the program"
    )]
    Unbounded {
        /// The [id](crate::lm::ModelInfo::id) of the model.
        model: String,
    },
    /// A limit in tokens or dollars, and media that may count as any number of tokens.
    #[error(
        "the budget is in tokens or dollars, but it is unknown how many tokens {media} can count as \
         with `{model}`; set the limit on the client, or use a budget of calls"
    )]
    UnboundedMedia {
        /// The [id](crate::lm::ModelInfo::id) of the model.
        model: String,
        /// The kind of media that the request has.
        media: MediaKind,
    },
}

debug_is_message!(Refusal);
