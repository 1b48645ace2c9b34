//! Why an optimization ends without a verdict.

use std::fmt;

use crate::lm::{Amount, Budget};

/// Why an optimization ended without a verdict.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NoVerdict {
    /// There is no hold-out.
    NoHoldout,
    /// The run was told to do [without](super::Run::without_verdict).
    NotWanted,
    /// No candidate was measured but the program as given, which need not be compared with itself.
    NoCandidate,
    /// What is left of the budget does not suffice for both programs on the hold-out, so it was not opened.
    #[non_exhaustive]
    BudgetTooSmall {
        /// The limit that would be exceeded, such as `500 calls`.
        limit: String,
        /// How much the budget would have to be, such as `620 calls`.
        needed: String,
    },
    /// The budget ended while the hold-out was open.
    BudgetEnded,
}

impl fmt::Display for NoVerdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoHoldout => f.write_str("there is no hold-out to judge by"),
            Self::NotWanted => f.write_str("the run was told to do without"),
            Self::NoCandidate => f.write_str(
                "no candidate was measured that could be compared with the program as given",
            ),
            Self::BudgetTooSmall { limit, needed } => write!(
                f,
                "what is left of the budget of {limit} does not suffice for the hold-out, which was not \
                 opened; run again with about {needed}"
            ),
            Self::BudgetEnded => f.write_str("the budget ended before the hold-out was finished"),
        }
    }
}

/// The limit of a budget that an amount exceeds, and how high it would have to be.
pub(super) struct TooSmall {
    pub(super) limit: String,
    pub(super) needed: String,
}

impl TooSmall {
    /// `None` if the amount fits.
    pub(super) fn of(budget: &Budget, amount: Amount) -> Option<Self> {
        let limit = budget.first_exceeded(amount)?;
        let needed = match *budget {
            Budget {
                calls: Some(calls), ..
            } if amount.calls > calls => format!("{} calls", amount.calls),
            Budget {
                tokens: Some(tokens),
                ..
            } if amount.tokens > tokens => format!("{} tokens", amount.tokens),
            _ => amount.money().to_string(),
        };
        Some(Self { limit, needed })
    }
}
