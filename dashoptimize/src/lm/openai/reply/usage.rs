//! Tokens, as servers report them. What they say is never less than what was used: a number that cannot be
//! right is unknown, for which a budget counts the worst case.

use serde_json::Value;

use crate::lm::reply::Usage;

/// The tokens, or `None` where the server does not say both numbers or says what cannot be. `worked` says that
/// the model has written something.
pub(super) fn read(usage: &Value, worked: bool) -> Option<Usage> {
    let most = |names: &[&str]| {
        names
            .iter()
            .filter_map(|name| count(usage.pointer(name)?))
            .max()
    };
    let read = most(&["/prompt_tokens", "/input_tokens", "/inputTokens"]);
    let written = most(&["/completion_tokens", "/output_tokens", "/outputTokens"]);
    let total = most(&["/total_tokens", "/totalTokens"]);
    let thoughts = most(&[
        "/completion_tokens_details/reasoning_tokens",
        "/output_tokens_details/reasoning_tokens",
        "/reasoning_tokens",
    ]);
    // More thoughts than output: they are not counted as part of it.
    let outside = thoughts.filter(|thoughts| written.is_some_and(|written| *thoughts > written));
    let written = written.map(|written| written + outside.unwrap_or(0));
    let input = match (read, written, total) {
        (Some(read), ..) => read + uncounted_input(usage),
        (None, Some(written), Some(total)) => total.checked_sub(written)?,
        _ => return None,
    };
    // Some providers count thoughts in the total only.
    let rest = total.and_then(|total| total.checked_sub(input));
    let output = written.max(rest)?;
    // There is no prompt without a token, and no text.
    if worked && (input == 0 || output == 0) || input == 0 && output > 0 {
        return None;
    }
    let cached = most(&[
        "/prompt_tokens_details/cached_tokens",
        "/input_tokens_details/cached_tokens",
        "/prompt_cache_hit_tokens",
        "/cache_read_input_tokens",
    ]);
    Some(Usage::new(input, output).with_cached(cached.unwrap_or(0).min(input)))
}

/// Where the names are Anthropic's, what a cache read or wrote is not part of the input.
fn uncounted_input(usage: &Value) -> u64 {
    if usage.get("prompt_tokens").is_some() {
        return 0;
    }
    let names = ["cache_read_input_tokens", "cache_creation_input_tokens"];
    let counts = names.iter().filter_map(|name| count(usage.get(*name)?));
    counts.sum()
}

/// A number of tokens, however it is written. What no request can have is not one.
fn count(value: &Value) -> Option<u64> {
    let number = match value {
        Value::String(text) => text.trim().parse().ok()?,
        other => other.as_f64()?,
    };
    let possible = (0.0..=f64::from(u32::MAX)).contains(&number);
    possible.then(|| number.ceil() as u64)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn output_is_what_the_total_leaves() {
        for (usage, input, output) in [
            (
                json!({"prompt_tokens": 10120, "completion_tokens": 1499, "total_tokens": 14428,
                    "completion_tokens_details": {"reasoning_tokens": 2809}}),
                10120,
                4308,
            ),
            (
                json!({"prompt_tokens": 21, "completion_tokens": 0, "total_tokens": 81}),
                21,
                60,
            ),
            (
                json!({"prompt_tokens": 20, "completion_tokens": 198, "total_tokens": 623}),
                20,
                603,
            ),
            (
                json!({"prompt_tokens": 75, "completion_tokens": 1186, "total_tokens": 1261,
                    "completion_tokens_details": {"reasoning_tokens": 1024}}),
                75,
                1186,
            ),
            (
                json!({"prompt_tokens": 5, "completion_tokens": 3,
                    "completion_tokens_details": {"reasoning_tokens": 40}}),
                5,
                43,
            ),
            (json!({"prompt_tokens": 5, "total_tokens": 7}), 5, 2),
            (
                json!({"prompt_tokens": 5, "completion_tokens": null, "total_tokens": 7}),
                5,
                2,
            ),
            (json!({"completion_tokens": 2, "total_tokens": 7}), 5, 2),
            (
                json!({"prompt_tokens": 9, "completion_tokens": 4, "total_tokens": 0}),
                9,
                4,
            ),
            (
                json!({"prompt_tokens": 9, "completion_tokens": 4, "total_tokens": -1}),
                9,
                4,
            ),
            (
                json!({"prompt_tokens": "9", "completion_tokens": 3.5, "total_tokens": "13.0"}),
                9,
                4,
            ),
            (json!({"input_tokens": 9, "output_tokens": 4}), 9, 4),
            (
                json!({"input_tokens": 9, "output_tokens": 4, "cache_read_input_tokens": 100,
                    "cache_creation_input_tokens": 1}),
                110,
                4,
            ),
            (
                json!({"prompt_tokens": 9, "input_tokens": 0, "completion_tokens": 4, "output_tokens": 0}),
                9,
                4,
            ),
        ] {
            let read = read(&usage, true).map(|usage| (usage.input, usage.output));
            assert_eq!(read, Some((input, output)), "{usage}");
        }
    }

    #[test]
    fn what_cannot_be_is_unknown_and_not_free() {
        for usage in [
            json!({"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}),
            json!({"prompt_tokens": 7, "completion_tokens": 0, "total_tokens": 7}),
            json!({"prompt_tokens": 0, "completion_tokens": 7, "total_tokens": 7}),
            json!({"prompt_tokens": null, "completion_tokens": null, "total_tokens": 0}),
            json!({"prompt_tokens": -5, "completion_tokens": 7}),
            json!({"prompt_tokens": 5, "completion_tokens": -7}),
            json!({"prompt_tokens": 5, "completion_tokens": 1e30}),
            json!({"prompt_tokens": 5, "completion_tokens": "many"}),
            json!({"prompt_tokens": 5}),
            json!({"total_tokens": 5}),
            json!({"completion_tokens": 9, "total_tokens": 5}),
            json!({}),
            json!([]),
            json!("free"),
            json!(null),
        ] {
            assert_eq!(read(&usage, true), None, "{usage}");
        }
        let nothing = json!({"prompt_tokens": 0, "completion_tokens": 0});
        assert_eq!(read(&nothing, false), Some(Usage::new(0, 0)));
    }

    #[test]
    fn cached_tokens_are_at_most_those_of_the_prompt() {
        for (usage, cached) in [
            (
                json!({"prompt_tokens": 5, "completion_tokens": 1, "prompt_cache_hit_tokens": 9}),
                5,
            ),
            (
                json!({"prompt_tokens": 5, "completion_tokens": 1, "prompt_tokens_details": {"cached_tokens": 4}}),
                4,
            ),
            (
                json!({"prompt_tokens": 5, "completion_tokens": 1, "prompt_tokens_details": {"cached_tokens": -4}}),
                0,
            ),
            (
                json!({"prompt_tokens": 5, "completion_tokens": 1, "prompt_tokens_details": null}),
                0,
            ),
        ] {
            assert_eq!(
                read(&usage, true).map(|usage| usage.cached),
                Some(cached),
                "{usage}"
            );
        }
    }

    proptest! {
        #[test]
        fn nothing_that_was_written_is_free(
            prompt in any::<Option<i64>>(),
            completion in any::<Option<i64>>(),
            total in any::<Option<i64>>(),
        ) {
            let usage = json!({"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": total});
            if let Some(read) = read(&usage, true) {
                prop_assert!(read.input > 0 && read.output > 0 && read.cached <= read.input);
            }
        }
    }
}
