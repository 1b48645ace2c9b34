//! The codes and words with which OpenAI, and servers that speak its protocol, describe a failure.

use super::overflow::is_too_long;
use crate::lm::error::LmErrorKind;
use crate::lm::http::ErrorBody;

/// The class of a failure, where the HTTP status alone does not tell it. Codes are preferred to words,
/// since servers quote prompts in their messages; words only tell apart classes that are treated alike.
pub(super) fn classify(status: Option<u16>, error: &ErrorBody) -> Option<LmErrorKind> {
    let Some(status) = status else {
        return rejected(0, error);
    };
    match status {
        // These have the same class whatever the server says about them.
        300..=399 | 401..=404 | 408 | 409 | 425 | 504 | 522 | 524 => None,
        429 => too_many_requests(error),
        500..=599 if !is_too_long(error) => None,
        _ => rejected(status, error),
    }
}

/// Usually waiting helps, but not where the account or this single request exceeds its limit.
fn too_many_requests(error: &ErrorBody) -> Option<LmErrorKind> {
    const USED_UP: [&str; 4] = [
        "insufficient_quota",
        "billing_hard_limit_reached",
        "billing_not_active",
        "insufficient_balance",
    ];
    if error.has_code(&USED_UP) {
        Some(LmErrorKind::Quota)
    } else if error.has_words(&["request too large"]) {
        Some(LmErrorKind::InvalidRequest)
    } else {
        None
    }
}

fn rejected(status: u16, error: &ErrorBody) -> Option<LmErrorKind> {
    const POLICY: [&str; 4] = [
        "content_filter",
        "content_policy",
        "responsibleaipolicy",
        "data_inspection_failed",
    ];
    const POLICY_WORDS: [&str; 8] = [
        "content management policy",
        "content policy",
        "content filter",
        "usage policy",
        "usage policies",
        "inappropriate content",
        "sensitive",
        "敏感",
    ];
    Some(
        if error.has_code(&["invalid_api_key", "api_key_invalid"])
            || error.message.starts_with("API key not valid")
        {
            LmErrorKind::Auth
        } else if error.has_code(&["model_not_found"]) {
            LmErrorKind::NotFound
        } else if error.has_code(&["insufficient_quota", "billing_hard_limit_reached"]) {
            LmErrorKind::Quota
        } else if status == 413 || is_too_long(error) {
            LmErrorKind::ContextTooLong
        } else if error.has_code(&POLICY) || error.has_words(&POLICY_WORDS) {
            LmErrorKind::ContentPolicy
        } else {
            return None;
        },
    )
}

/// What to do, where this client has a setting for it.
pub(super) fn advice(kind: LmErrorKind, error: &ErrorBody) -> Option<&'static str> {
    match kind {
        LmErrorKind::Auth => Some(
            "set OPENAI_API_KEY to a valid key of this server, or pass one with \
             `OpenAi::builder(..).api_key(..)`",
        ),
        LmErrorKind::InvalidRequest => parameter_advice(error),
        _ => None,
    }
}

fn parameter_advice(error: &ErrorBody) -> Option<&'static str> {
    let about = |name: &str| error.codes.contains(name) || error.has_words(&[name]);
    if about("max_tokens") || about("max_completion_tokens") {
        Some("choose the field that this server reads with `max_tokens_field(..)`")
    } else if about("temperature") {
        Some("leave the temperature unset for this model")
    } else if about("response_format") {
        Some("use an adapter that asks for plain text, as this server cannot enforce a format")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn codes_and_words_tell_what_the_status_does_not() {
        use LmErrorKind::*;
        for (status, body, expected) in [
            (
                401,
                r#"{"error":{"message":"Incorrect API key","code":"invalid_api_key"}}"#,
                None,
            ),
            (403, "Forbidden", None),
            (402, "{}", None),
            (
                404,
                r#"{"error":{"message":"The model does not exist","code":"model_not_found"}}"#,
                None,
            ),
            (307, "", None),
            (408, "", None),
            (
                429,
                r#"{"error":{"message":"Rate limit reached","code":"rate_limit_exceeded"}}"#,
                None,
            ),
            (
                429,
                r#"{"error":{"message":"You exceeded your current quota","status":"RESOURCE_EXHAUSTED"}}"#,
                None,
            ),
            (
                429,
                r#"{"error":{"message":"You exceeded your current quota","type":"insufficient_quota"}}"#,
                Some(Quota),
            ),
            (
                429,
                r#"{"error":{"message":"Request too large for gpt-4o on tokens per min (TPM)","type":"tokens"}}"#,
                Some(InvalidRequest),
            ),
            (
                400,
                r#"{"error":{"message":"This model's maximum context length is 8192 tokens","code":"context_length_exceeded"}}"#,
                Some(ContextTooLong),
            ),
            (
                400,
                r#"{"error":{"code":400,"message":"the request exceeds the available context size","type":"exceed_context_size_error"}}"#,
                Some(ContextTooLong),
            ),
            (413, "too big", Some(ContextTooLong)),
            (
                400,
                r#"{"error":{"code":"content_filter","message":"..."}}"#,
                Some(ContentPolicy),
            ),
            (
                400,
                r#"[{"error":{"code":400,"message":"API key not valid. Please pass a valid API key.","status":"INVALID_ARGUMENT"}}]"#,
                Some(Auth),
            ),
            (400, r#"{"detail":[{"msg":"field required"}]}"#, None),
            (422, r#"{"error":"bad"}"#, None),
            (500, "", None),
            (503, "<html>busy</html>", None),
            (529, "", None),
            (504, "", None),
            (
                400,
                r#"{"error":{"message":"no such model","code":"model_not_found"}}"#,
                Some(NotFound),
            ),
            (
                500,
                r#"{"error":{"message":"the request exceeds the available context size"}}"#,
                Some(ContextTooLong),
            ),
        ] {
            let error = ErrorBody::read(body.as_bytes());
            assert_eq!(classify(Some(status), &error), expected, "{status} {body}");
        }
    }

    #[test]
    fn a_wrong_parameter_comes_with_advice() {
        let body = br#"{"error":{"message":"Unsupported parameter","param":"max_tokens"}}"#;
        let advice = advice(LmErrorKind::InvalidRequest, &ErrorBody::read(body));
        assert!(advice.is_some_and(|advice| advice.contains("max_tokens_field")));
    }

    proptest! {
        #[test]
        fn no_bytes_panic(body in proptest::collection::vec(any::<u8>(), 0..256), status in any::<u16>()) {
            let _ = classify(Some(status), &ErrorBody::read(&body));
        }
    }
}
