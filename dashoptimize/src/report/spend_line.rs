//! What was spent, on one line.

use super::budget_meter::{BudgetMeter, LimitUnit};
use super::words;
use crate::lm::Spend;

/// `612 calls (4 failed), 1.9M tokens, $1.84, 33 from the cache`
pub(super) fn spend_line(spend: &Spend) -> String {
    spend_line_within(spend, None)
}

/// The same, where the number that the budget limits is shown with its limit: `612 of 1,700 calls, 1.9M
/// tokens, $1.84`.
pub(super) fn spend_line_within(spend: &Spend, meter: Option<&BudgetMeter>) -> String {
    let or_meter = |unit, text: String| match meter {
        Some(meter) if meter.unit == unit => meter.words.clone(),
        _ => text,
    };
    let mut calls = or_meter(LimitUnit::Calls, words::counted(spend.calls, "call"));
    if spend.failed > 0 {
        calls += &format!(" ({} failed)", words::count(spend.failed));
    }
    // Calls whose usage is unknown count as the most that they can have used.
    let at_most = if spend.unmetered_tokens > 0 {
        "≤ "
    } else {
        ""
    };
    let tokens = format!(
        "{at_most}{}",
        words::counted(words::total_tokens(spend), "token")
    );
    let mut parts = vec![
        calls,
        or_meter(LimitUnit::Tokens, tokens),
        or_meter(LimitUnit::Dollars, words::cost(spend.cost)),
    ];
    if spend.unsent > 0 {
        let attempts = words::counted(spend.unsent, "attempt");
        parts.push(format!("{attempts} without a connection"));
    }
    if spend.cache_hits > 0 {
        parts.push(format!("{} from the cache", words::count(spend.cache_hits)));
    }
    if let Some(meter) = meter.filter(|meter| meter.unit == LimitUnit::Time) {
        parts.push(meter.words.clone());
    }
    parts.join(", ")
}
