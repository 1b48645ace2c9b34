//! Why a reply ended, in the words of all providers.

use serde_json::Value;

use crate::lm::reply::FinishReason;

/// How a reply ended.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Ending {
    Finished(FinishReason),
    /// The context of the model was full, as this reason says: prompt and reply together are too long.
    Full(String),
    /// The provider failed while it wrote the reply, for this reason.
    Failed(String),
}

/// The reason that a server gives: a word, an object with a word in it, or, where it was given twice, a list
/// of which the worst counts. A number says nothing, as servers number their reasons differently.
pub(super) fn read(reason: Option<&Value>) -> Ending {
    let other = Ending::Finished(FinishReason::Other);
    match reason {
        Some(Value::String(word)) => of_word(word),
        Some(Value::Object(fields)) => {
            let names = ["type", "reason", "finish_reason"];
            let inner = names.iter().find_map(|name| fields.get(*name));
            inner.and_then(Value::as_str).map_or(other, of_word)
        }
        Some(Value::Array(reasons)) => {
            let endings = reasons.iter().map(|reason| read(Some(reason)));
            endings.max_by_key(severity).unwrap_or(other)
        }
        _ => other,
    }
}

const fn severity(ending: &Ending) -> u8 {
    match ending {
        Ending::Failed(_) => 6,
        Ending::Full(_) => 5,
        Ending::Finished(FinishReason::ContentFilter) => 4,
        Ending::Finished(FinishReason::Refusal) => 3,
        Ending::Finished(FinishReason::Length) => 2,
        Ending::Finished(FinishReason::Other) => 0,
        Ending::Finished(_) => 1,
    }
}

/// A reason in a word. Providers have many words for few things, so that parts of words decide; the more
/// specific ones come first.
fn of_word(word: &str) -> Ending {
    const WHOLE: [&str; 9] = [
        "stop",
        "end_turn",
        "eos",
        "eos_token",
        "stop_sequence",
        "stop_token",
        "complete",
        "completed",
        "done",
    ];
    const CALLS: [&str; 4] = ["tool_calls", "tool_call", "tool_use", "function_call"];
    const FAILED_FIRST: [&str; 5] = ["malformed", "rate_limit", "time", "resource", "network"];
    const FILTERED: [&str; 12] = [
        "filter",
        "safety",
        "block",
        "prohibited",
        "sensitive",
        "toxic",
        "guardrail",
        "recitation",
        "policy",
        "spii",
        "moderation",
        "violation",
    ];
    const FULL: [&str; 3] = ["context", "window", "model_length"];
    const CUT: [&str; 8] = [
        "length",
        "max",
        "limit",
        "token",
        "truncat",
        "incomplete",
        "not_finished",
        "pause",
    ];
    const FAILED: [&str; 9] = [
        "error",
        "fail",
        "abort",
        "cancel",
        "unexpected",
        "exception",
        "interrupt",
        "disconnect",
        "overload",
    ];
    let name = word.trim().to_lowercase().replace([' ', '-'], "_");
    let has = |parts: &[&str]| parts.iter().any(|part| name.contains(part));
    Ending::Finished(if WHOLE.contains(&&*name) {
        FinishReason::Stop
    } else if CALLS.contains(&&*name) {
        FinishReason::ToolCalls
    } else if has(&FAILED_FIRST) {
        return Ending::Failed(format!("`{word}`"));
    } else if has(&FILTERED) {
        FinishReason::ContentFilter
    } else if has(&["refus"]) {
        FinishReason::Refusal
    } else if has(&FULL) {
        return Ending::Full(format!("`{word}`"));
    } else if has(&CUT) {
        FinishReason::Length
    } else if has(&FAILED) {
        return Ending::Failed(format!("`{word}`"));
    } else {
        FinishReason::Other
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn i16_every_provider_s_reason_has_its_meaning() {
        use FinishReason::*;
        for (finish, words) in [
            (
                Stop,
                &[
                    "stop",
                    "STOP",
                    "end_turn",
                    "eos_token",
                    "stop_sequence",
                    "COMPLETE",
                ][..],
            ),
            (
                Length,
                &[
                    "length",
                    "max_tokens",
                    "MAX_TOKENS",
                    "max_output_tokens",
                    "token limit",
                    "ERROR_LIMIT",
                    "not_finished",
                    "incomplete",
                    "pause_turn",
                ],
            ),
            (
                ContentFilter,
                &[
                    "content_filter",
                    "content-filter",
                    "SAFETY",
                    "RECITATION",
                    "BLOCKLIST",
                    "PROHIBITED_CONTENT",
                    "SPII",
                    "IMAGE_SAFETY",
                    "sensitive",
                    "ERROR_TOXIC",
                    "guardrail_intervened",
                    "content_filtered",
                ],
            ),
            (Refusal, &["refusal", "refused"]),
            (ToolCalls, &["tool_calls", "tool_use", "function_call"]),
            (
                Other,
                &["", "unknown", "load", "FINISH_REASON_UNSPECIFIED", "OTHER"],
            ),
        ] {
            for word in words {
                assert_eq!(of_word(word), Ending::Finished(finish), "{word}");
            }
        }
        for word in [
            "error",
            "ERROR",
            "abort",
            "cancelled",
            "USER_CANCEL",
            "TIMEOUT",
            "time_limit",
            "network_error",
            "insufficient_system_resource",
            "MALFORMED_FUNCTION_CALL",
            "function_call_filter: MALFORMED_FUNCTION_CALL",
            "UNEXPECTED_TOOL_CALL",
            "server_error",
        ] {
            assert!(matches!(of_word(word), Ending::Failed(_)), "{word}");
        }
    }

    #[test]
    fn a_full_context_is_not_a_limit_of_the_reply() {
        for word in [
            "model_context_window_exceeded",
            "model_length",
            "context_length_exceeded",
            "CONTEXT_WINDOW",
            "context length",
        ] {
            assert!(matches!(of_word(word), Ending::Full(_)), "{word}");
        }
    }

    #[test]
    fn a_reason_need_not_be_a_word() {
        use FinishReason::*;
        for (reason, finish) in [
            (json!(null), Other),
            (json!(1), Other),
            (json!(true), Other),
            (json!({"type": "length", "length": 9}), Length),
            (json!({"type": "stop", "stop": "###"}), Stop),
            (json!(["length", "stop"]), Length),
            (json!(["stop", "content_filter", "length"]), ContentFilter),
            (json!([]), Other),
        ] {
            assert_eq!(read(Some(&reason)), Ending::Finished(finish), "{reason}");
        }
        assert_eq!(read(None), Ending::Finished(Other));
    }
}
