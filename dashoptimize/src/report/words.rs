//! Numbers and texts as reports print them.

use std::time::Duration;

use crate::lm::{Spend, Usd};

/// `950`, `12,345`, `1.9M`
pub(super) fn count(number: u64) -> String {
    match number {
        0..=999 => number.to_string(),
        1_000..=999_999 => format!("{},{:03}", number / 1_000, number % 1_000),
        _ => format!("{:.1}M", number as f64 / 1e6),
    }
}

/// `612 calls`, `1 call`
pub(super) fn counted(number: u64, one: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {one}{plural}", count(number))
}

/// `60 rows of triage.jsonl`
pub(super) fn rows_of<S: AsRef<str>>(rows: usize, files: &[S]) -> String {
    let rows = counted(rows as u64, "row");
    if files.is_empty() {
        return rows;
    }
    let files: Vec<&str> = files.iter().map(AsRef::as_ref).collect();
    format!("{rows} of {}", files.join(", "))
}

/// An unknown price is not shown as 0.
pub(super) fn cost(cost: Option<Usd>) -> String {
    cost.map_or_else(|| "unpriced".to_owned(), |cost| cost.to_string())
}

/// Tokens that the provider counted, and the most that those can be that it did not count.
pub(super) const fn total_tokens(spend: &Spend) -> u64 {
    spend.usage.total().saturating_add(spend.unmetered_tokens)
}

/// `0.4 s`, `12 s`, `18 min`, `2 h 05 min`
pub(super) fn time(time: Duration) -> String {
    match time.as_secs() {
        0..10 => format!("{:.1} s", time.as_secs_f64()),
        seconds @ 10..120 => format!("{seconds} s"),
        seconds @ 120..7_200 => format!("{} min", seconds / 60),
        seconds => format!("{} h {:02} min", seconds / 3_600, seconds % 3_600 / 60),
    }
}

/// The text on one line and without control characters, so that what a model wrote cannot move the
/// cursor.
pub(super) fn plain(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short_and_exact_where_it_matters() {
        let counts = [0, 999, 1_000, 12_345, 999_999, 1_900_000].map(count);
        assert_eq!(counts, ["0", "999", "1,000", "12,345", "999,999", "1.9M"]);
        let times = [0.44, 12.0, 1_100.0, 7_500.0].map(|s| time(Duration::from_secs_f64(s)));
        assert_eq!(times, ["0.4 s", "12 s", "18 min", "2 h 05 min"]);
    }

    #[test]
    fn an_unknown_price_is_not_nothing() {
        assert_eq!(cost(None), "unpriced");
        assert_eq!(cost(Some(Usd::ZERO)), "$0");
    }
}
