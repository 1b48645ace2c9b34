//! How much of the budget is used, in the unit of the budget.

use std::time::Duration;

use super::words;
use crate::lm::{Budget, Spend, Usd};

/// What a limit counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    Calls,
    Tokens,
    Dollars,
    Time,
}

/// How much of one limit is used.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Meter {
    pub(super) unit: Unit,
    pub(super) used: u64,
    pub(super) limit: u64,
    pub(super) words: String,
}

impl Meter {
    /// The limit of which the largest share is used; `None` without a budget.
    pub(super) fn of(budget: &Budget, spend: &Spend, elapsed: Duration) -> Option<Self> {
        let tokens = words::tokens(spend);
        let cost = spend.cost.unwrap_or(Usd::ZERO);
        let meters = [
            budget.calls.map(|limit| Self {
                unit: Unit::Calls,
                used: spend.calls,
                limit,
                words: format!(
                    "{} of {}",
                    words::count(spend.calls),
                    words::counted(limit, "call")
                ),
            }),
            budget.tokens.map(|limit| Self {
                unit: Unit::Tokens,
                used: tokens,
                limit,
                words: format!(
                    "{} of {}",
                    words::count(tokens),
                    words::counted(limit, "token")
                ),
            }),
            budget.usd.map(|limit| Self {
                unit: Unit::Dollars,
                used: micro(cost),
                limit: micro(limit),
                words: format!("{} of {limit}", words::cost(spend.cost)),
            }),
            budget.time.map(|limit| Self {
                unit: Unit::Time,
                used: elapsed.as_secs(),
                limit: limit.as_secs(),
                words: format!("{} of {}", words::time(elapsed), words::time(limit)),
            }),
        ];
        let meters = meters.into_iter().flatten();
        meters.max_by(|a, b| a.share().total_cmp(&b.share()))
    }

    fn share(&self) -> f64 {
        self.used as f64 / self.limit.max(1) as f64
    }
}

/// All limits, such as `500 calls, $2.00`; `no limit` without one.
pub(super) fn limits(budget: &Budget) -> String {
    let limits = [
        budget.calls.map(|calls| words::counted(calls, "call")),
        budget.tokens.map(|tokens| words::counted(tokens, "token")),
        budget.usd.map(|usd| usd.to_string()),
        budget.time.map(words::time),
    ];
    let limits: Vec<String> = limits.into_iter().flatten().collect();
    if limits.is_empty() {
        "no limit".to_owned()
    } else {
        limits.join(", ")
    }
}

fn micro(usd: Usd) -> u64 {
    (usd.as_usd() * 1e6) as u64
}
