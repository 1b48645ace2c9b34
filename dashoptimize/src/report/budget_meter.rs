//! How much of the budget is used, in its own unit.

use std::fmt::Display;
use std::time::Duration;

use super::words;
use crate::lm::{Budget, Spend, Usd};

/// What a limit counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LimitUnit {
    Calls,
    Tokens,
    Dollars,
    Time,
}

/// How much of one limit is used.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct BudgetMeter {
    pub(super) unit: LimitUnit,
    pub(super) used: u64,
    pub(super) limit: u64,
    pub(super) words: String,
}

impl BudgetMeter {
    /// The limit of which the largest share is used. `None` without a budget.
    pub(super) fn of(budget: &Budget, spend: &Spend, elapsed: Duration) -> Option<Self> {
        let tokens = words::total_tokens(spend);
        let cost = spend.cost.unwrap_or(Usd::ZERO);
        let meters = [
            budget.calls.map(|limit| Self {
                unit: LimitUnit::Calls,
                used: spend.calls,
                limit,
                words: of_limit(words::count(spend.calls), words::counted(limit, "call")),
            }),
            budget.tokens.map(|limit| Self {
                unit: LimitUnit::Tokens,
                used: tokens,
                limit,
                words: of_limit(words::count(tokens), words::counted(limit, "token")),
            }),
            budget.usd.map(|limit| Self {
                unit: LimitUnit::Dollars,
                used: micro(cost),
                limit: micro(limit),
                words: of_limit(words::cost(spend.cost), limit),
            }),
            budget.time.map(|limit| Self {
                unit: LimitUnit::Time,
                used: elapsed.as_secs(),
                limit: limit.as_secs(),
                words: of_limit(words::time(elapsed), words::time(limit)),
            }),
        ];
        let meters = meters.into_iter().flatten();
        meters.max_by(|a, b| a.share().total_cmp(&b.share()))
    }

    fn share(&self) -> f64 {
        self.used as f64 / self.limit.max(1) as f64
    }
}

/// `612 of 1,700 calls`
fn of_limit(used: impl Display, limit: impl Display) -> String {
    format!("{used} of {limit}")
}

/// All limits, such as `500 calls, $2.00`, or `no limit`.
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
