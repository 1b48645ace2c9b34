//! List prices of hosted models.

use super::price::Price;

/// The day of the lists.
const DATE: &str = "2026-07-24";

/// One model and its dated versions.
struct ListedModel {
    model: &'static str,
    price: Price,
    max_output_tokens: u32,
}

impl Price {
    /// The list price of a hosted model of OpenAI, Anthropic or Google by its name, or `None` where
    /// it is not known.
    ///
    /// The table dates from [`Price::TABLE_DATE`]; check it against the provider's list before you rely
    /// on it. A row applies to its name and to dated versions of it (`gpt-4o-mini-2024-07-18`), also
    /// with `openai/`, `anthropic/`, `google/` or `models/` in front. The table has no model whose price
    /// depends on the length of the prompt, since a single price cannot express that.
    ///
    /// ```
    /// use dashoptimize::lm::Price;
    ///
    /// let mini = Price::per_1m(0.15, 0.60).with_cached_per_1m(0.075);
    /// assert_eq!(Price::of("gpt-4o-mini-2024-07-18"), Some(mini));
    /// assert_eq!(Price::of("my-own-model"), None);
    /// ```
    #[must_use]
    pub fn of(model: &str) -> Option<Self> {
        find(model).map(|row| row.price)
    }

    /// The day of the price lists that [`Price::of`] was written from.
    pub const TABLE_DATE: &'static str = DATE;
}

/// The length in tokens of the longest reply that a hosted model gives where a request sets no limit, or
/// `None` where it is not known. The table is that of [`Price::of`].
///
/// ```
/// use dashoptimize::lm::longest_reply;
///
/// assert_eq!(longest_reply("gpt-4o-mini"), Some(16_384));
/// assert_eq!(longest_reply("my-own-model"), None);
/// ```
#[must_use]
pub fn longest_reply(model: &str) -> Option<u32> {
    find(model).map(|row| row.max_output_tokens)
}

/// The day on which the provider stops a hosted model, as `2027-01-14`, or `None` where none is known to be
/// announced. It applies to the same names as [`Price::of`], and dates from 2026-12-01.
///
/// ```
/// use dashoptimize::lm::shutdown_date;
///
/// assert_eq!(shutdown_date("openai/gpt-4o-mini-2024-07-18"), Some("2027-01-14"));
/// assert_eq!(shutdown_date("my-own-model"), None);
/// ```
#[must_use]
pub fn shutdown_date(model: &str) -> Option<&'static str> {
    let model = find(model)?.model;
    let (_, date) = SHUTDOWNS.iter().find(|(stopped, _)| *stopped == model)?;
    Some(date)
}

/// Models that end, by the deprecation pages of their providers.
const SHUTDOWNS: &[(&str, &str)] = &[
    ("gpt-4o", "2027-01-14"),
    ("gpt-4o-mini", "2027-01-14"),
    ("gpt-4.1", "2027-01-14"),
    ("gpt-4.1-mini", "2027-01-14"),
];

const fn row(
    model: &'static str,
    input: f64,
    cached: f64,
    output: f64,
    max_output_tokens: u32,
) -> ListedModel {
    ListedModel {
        model,
        price: Price::per_1m(input, output).with_cached_per_1m(cached),
        max_output_tokens,
    }
}

/// Model, dollars per million tokens (prompt, cached prompt, reply), longest reply in tokens.
#[rustfmt::skip]
const ROWS: &[ListedModel] = &[
    row("gpt-5.4-mini",          0.75, 0.075,  4.5, 128_000),
    row("gpt-5.4-nano",          0.2,  0.02,   1.25, 128_000),
    row("gpt-5.2",               1.75, 0.175, 14.0, 128_000),
    row("gpt-5.2-chat-latest",   1.75, 0.175, 14.0,  16_384),
    row("gpt-5.1",               1.25, 0.125, 10.0, 128_000),
    row("gpt-5.1-chat-latest",   1.25, 0.125, 10.0,  16_384),
    row("gpt-5",                 1.25, 0.125, 10.0, 128_000),
    row("gpt-5-chat-latest",     1.25, 0.125, 10.0,  16_384),
    row("gpt-5-mini",            0.25, 0.025,  2.0, 128_000),
    row("gpt-5-nano",            0.05, 0.005,  0.4, 128_000),
    row("gpt-4.1",               2.0,  0.5,    8.0,  32_768),
    row("gpt-4.1-mini",          0.4,  0.1,    1.6,  32_768),
    row("gpt-4.1-nano",          0.1,  0.025,  0.4,  32_768),
    row("gpt-4o",                2.5,  1.25,  10.0,  16_384),
    row("gpt-4o-2024-05-13",     5.0,  5.0,   15.0,   4_096),
    row("gpt-4o-mini",           0.15, 0.075,  0.6,  16_384),
    row("o4-mini",               1.1,  0.275,  4.4, 100_000),
    row("o3",                    2.0,  0.5,    8.0, 100_000),
    row("o3-mini",               1.1,  0.55,   4.4, 100_000),
    row("o1",                   15.0,  7.5,   60.0, 100_000),
    row("gpt-4-turbo",          10.0, 10.0,   30.0,   4_096),
    row("gpt-4",                30.0, 30.0,   60.0,   8_192),
    row("gpt-3.5-turbo",         0.5,  0.5,    1.5,   4_096),
    row("gpt-3.5-turbo-1106",    1.0,  1.0,    2.0,   4_096),
    row("gpt-3.5-turbo-0613",    1.5,  1.5,    2.0,   4_096),

    row("claude-opus-4-7",       5.0,  0.5,   25.0, 128_000),
    row("claude-opus-4-6",       5.0,  0.5,   25.0, 128_000),
    row("claude-opus-4-5",       5.0,  0.5,   25.0,  64_000),
    row("claude-opus-4-1",      15.0,  1.5,   75.0,  32_000),
    row("claude-opus-4",        15.0,  1.5,   75.0,  32_000),
    row("claude-opus-4-0",      15.0,  1.5,   75.0,  32_000),
    row("claude-sonnet-4-6",     3.0,  0.3,   15.0,  64_000),
    row("claude-haiku-4-5",      1.0,  0.1,    5.0,  64_000),
    row("claude-3-7-sonnet",     3.0,  0.3,   15.0,  64_000),
    row("claude-3-5-sonnet",     3.0,  0.3,   15.0,   8_192),
    row("claude-3-5-haiku",      0.8,  0.08,   4.0,   8_192),
    row("claude-3-opus",        15.0,  1.5,   75.0,   4_096),
    row("claude-3-haiku",        0.25, 0.03,   1.25,  4_096),

    row("gemini-2.5-flash",      0.3,  0.075,  2.5,  65_536),
    row("gemini-2.5-flash-lite", 0.1,  0.025,  0.4,  65_536),
    row("gemini-2.0-flash",      0.1,  0.025,  0.4,   8_192),
    row("gemini-2.0-flash-lite", 0.075, 0.075, 0.3,   8_192),
];

/// The row of a model: the one with the longest name that the model's name is a version of.
fn find(model: &str) -> Option<&'static ListedModel> {
    const MAKERS: [&str; 4] = ["openai/", "anthropic/", "google/", "models/"];
    let model = MAKERS
        .iter()
        .find_map(|maker| model.strip_prefix(maker))
        .unwrap_or(model);
    ROWS.iter()
        .filter(|row| model.strip_prefix(row.model).is_some_and(is_version))
        .max_by_key(|row| row.model.len())
}

/// Whether only a date (`-2024-07-18`, `-20250929`), a version number (`-001`, `-0613`) or `-latest`
/// follows the name of a model. `gpt-5-pro` is not a version of `gpt-5`.
fn is_version(rest: &str) -> bool {
    let Some(version) = rest.strip_prefix('-') else {
        return rest.is_empty();
    };
    let shape = version.split('-').map(str::len).collect::<Vec<_>>();
    let digits = version.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    version == "latest" || digits && matches!(shape[..], [8] | [4, 2, 2] | [3] | [4])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_has_the_price_of_its_model() {
        for (version, model) in [
            ("gpt-4o-mini-2024-07-18", "gpt-4o-mini"),
            ("openai/gpt-4o-mini", "gpt-4o-mini"),
            ("gpt-4-0613", "gpt-4"),
            ("claude-3-5-sonnet-latest", "claude-3-5-sonnet"),
            ("claude-opus-4-1-20250805", "claude-opus-4-1"),
            ("claude-opus-4-20250514", "claude-opus-4"),
            ("models/gemini-2.0-flash-001", "gemini-2.0-flash"),
            ("gpt-4o-2024-05-13", "gpt-4o-2024-05-13"),
        ] {
            assert_eq!(find(version).map(|row| row.model), Some(model), "{version}");
        }
    }

    #[test]
    fn another_model_of_a_similar_name_is_unknown() {
        for model in [
            "",
            "gpt-5-pro",
            "gpt-4o-audio-preview",
            "claude-opus-4-9",
            "ft:gpt-4o-mini-2024-07-18:acme::1",
            "gpt-4o-mini-",
            "gpt-4o-mini-é",
            "GPT-4o",
        ] {
            assert_eq!(Price::of(model), None, "{model}");
        }
    }

    #[test]
    fn every_row_is_found_under_its_own_name_and_costs_something() {
        for row in ROWS {
            let found = find(row.model).map(|found| found.model);
            assert_eq!(found, Some(row.model));
            assert_ne!(row.price, Price::FREE);
        }
    }
}
