//! Turns the failures of a server into [`LmErrorKind`]s and into words.

use serde_json::Value;

use crate::lm::LmErrorKind;

/// What the body of a failed response says.
#[derive(Debug, Default)]
pub(super) struct Said {
    /// In the server's words.
    pub(super) message: String,
    /// The machine-readable codes, in lower case, joined by spaces.
    pub(super) codes: String,
    /// A status given in the body, where the response itself claims success.
    pub(super) status: Option<u16>,
}

/// Reads an error body of OpenAI's shape (`{"error": {"message", "type", "code", "param"}}`) or of
/// another common one: `{"error": "..."}`, `{"message": "..."}`, `{"detail": ...}`, any of them in a
/// list, or plain text.
pub(super) fn read(body: &[u8]) -> Said {
    let Ok(body) = serde_json::from_slice::<Value>(body) else {
        return Said {
            message: excerpt(&String::from_utf8_lossy(body)),
            ..Said::default()
        };
    };
    let outer = body.get(0).unwrap_or(&body);
    let error = match outer.get("error") {
        Some(error) if !error.is_null() => error,
        _ => outer,
    };
    let text = |name: &str| error.get(name).map(in_words);
    let codes = ["code", "type", "status", "param"];
    let codes: Vec<_> = codes.into_iter().filter_map(text).collect();
    let message = text("message")
        .or_else(|| text("detail"))
        .unwrap_or_else(|| in_words(error));
    Said {
        message: excerpt(&message),
        codes: codes.join(" ").to_lowercase(),
        status: error
            .get("code")
            .and_then(Value::as_u64)
            .and_then(|code| u16::try_from(code).ok())
            .filter(|code| (400..600).contains(code)),
    }
}

fn in_words(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

/// One line of at most 500 characters.
fn excerpt(text: &str) -> String {
    const LONGEST: usize = 500;
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

/// The class of a failure. The codes decide where the status does not; the words only tell apart
/// classes that are treated alike, since servers quote prompts in them.
pub(super) fn kind(status: u16, said: &Said) -> LmErrorKind {
    match status {
        401 | 403 => LmErrorKind::Auth,
        402 => LmErrorKind::Quota,
        300..=399 | 404 => LmErrorKind::NotFound,
        408 | 504 | 522 | 524 => LmErrorKind::Timeout,
        409 | 425 => LmErrorKind::Server,
        429 => too_many(said),
        500..=599 if !said.is_too_long() => LmErrorKind::Server,
        _ => refused(status, said),
    }
}

/// Most often a matter of waiting, but not where the account or this one request is over its limit.
fn too_many(said: &Said) -> LmErrorKind {
    const USED_UP: [&str; 4] = [
        "insufficient_quota",
        "billing_hard_limit_reached",
        "billing_not_active",
        "insufficient_balance",
    ];
    if said.has_code(&USED_UP) {
        LmErrorKind::Quota
    } else if said.has_words(&["request too large"]) {
        LmErrorKind::InvalidRequest
    } else {
        LmErrorKind::RateLimited
    }
}

fn refused(status: u16, said: &Said) -> LmErrorKind {
    const POLICY: [&str; 3] = ["content_filter", "content_policy", "responsibleaipolicy"];
    const POLICY_WORDS: [&str; 3] = [
        "content management policy",
        "usage policy",
        "usage policies",
    ];
    if said.has_code(&["invalid_api_key", "api_key_invalid"])
        || said.message.starts_with("API key not valid")
    {
        LmErrorKind::Auth
    } else if said.has_code(&["model_not_found"]) {
        LmErrorKind::NotFound
    } else if said.has_code(&["insufficient_quota", "billing_hard_limit_reached"]) {
        LmErrorKind::Quota
    } else if status == 413 || said.is_too_long() {
        LmErrorKind::ContextTooLong
    } else if said.has_code(&POLICY) || said.has_words(&POLICY_WORDS) {
        LmErrorKind::ContentPolicy
    } else {
        LmErrorKind::InvalidRequest
    }
}

impl Said {
    fn has_code(&self, codes: &[&str]) -> bool {
        codes.iter().any(|code| self.codes.contains(code))
    }

    fn has_words(&self, phrases: &[&str]) -> bool {
        let message = self.message.to_lowercase();
        phrases.iter().any(|phrase| message.contains(phrase))
    }

    fn is_too_long(&self) -> bool {
        self.has_code(&["context_length_exceeded", "exceed_context_size"])
            || self.has_words(&[
                "maximum context length",
                "prompt is too long",
                "exceeds the available context size",
                "exceeds the context window",
                "input token count exceeds",
            ])
    }
}

/// What happened, in words that follow the place.
pub(super) const fn happened(kind: LmErrorKind) -> &'static str {
    match kind {
        LmErrorKind::RateLimited => "asks to slow down",
        LmErrorKind::Server => "failed",
        LmErrorKind::Timeout => "took too long",
        LmErrorKind::Auth => "refuses the key",
        LmErrorKind::NotFound => "was not found",
        LmErrorKind::ContextTooLong => "cannot hold the prompt",
        LmErrorKind::ContentPolicy => "refuses the content",
        LmErrorKind::Quota => "says that the quota is used up",
        LmErrorKind::Connection => "cannot be reached",
        LmErrorKind::Protocol => "sent an answer that cannot be read",
        LmErrorKind::InvalidRequest | LmErrorKind::Model => "refuses the request",
    }
}

/// What to do about it.
pub(super) fn advice(kind: LmErrorKind, said: &Said) -> Option<&'static str> {
    Some(match kind {
        LmErrorKind::Auth => {
            "set OPENAI_API_KEY to a valid key of this server, or give one with \
             `OpenAi::builder(..).api_key(..)`"
        }
        LmErrorKind::NotFound => "check the name of the model and the base URL",
        LmErrorKind::Quota => "add credit to the account, or use a key of another one",
        LmErrorKind::ContextTooLong => {
            "use fewer or shorter demos, a shorter input, or a model with a longer context"
        }
        LmErrorKind::RateLimited => "lower the concurrency of the run, or ask for a higher limit",
        LmErrorKind::Connection => "check the base URL, and that the server runs",
        LmErrorKind::Timeout => "set a longer `timeout`, or ask for a shorter reply",
        LmErrorKind::InvalidRequest => parameter_advice(said)?,
        _ => return None,
    })
}

fn parameter_advice(said: &Said) -> Option<&'static str> {
    let about = |name: &str| said.codes.contains(name) || said.has_words(&[name]);
    if about("max_tokens") || about("max_completion_tokens") {
        Some("choose the field that this server reads with `max_tokens_field(..)`")
    } else if about("temperature") {
        Some("leave the temperature unset for this model")
    } else if about("response_format") {
        Some("use an adapter that asks for plain text, as this server cannot enforce a form")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn class(status: u16, body: &str) -> LmErrorKind {
        kind(status, &read(body.as_bytes()))
    }

    #[test]
    fn statuses_and_codes_have_their_kinds() {
        use LmErrorKind::*;
        for (status, body, expected) in [
            (
                401,
                r#"{"error":{"message":"Incorrect API key","code":"invalid_api_key"}}"#,
                Auth,
            ),
            (403, "Forbidden", Auth),
            (402, "{}", Quota),
            (
                404,
                r#"{"error":{"message":"The model does not exist","code":"model_not_found"}}"#,
                NotFound,
            ),
            (307, "", NotFound),
            (408, "", Timeout),
            (
                429,
                r#"{"error":{"message":"Rate limit reached","code":"rate_limit_exceeded"}}"#,
                RateLimited,
            ),
            (
                429,
                r#"{"error":{"message":"You exceeded your current quota","status":"RESOURCE_EXHAUSTED"}}"#,
                RateLimited,
            ),
            (
                429,
                r#"{"error":{"message":"You exceeded your current quota","type":"insufficient_quota"}}"#,
                Quota,
            ),
            (
                429,
                r#"{"error":{"message":"Request too large for gpt-4o on tokens per min (TPM)","type":"tokens"}}"#,
                InvalidRequest,
            ),
            (
                400,
                r#"{"error":{"message":"This model's maximum context length is 8192 tokens","code":"context_length_exceeded"}}"#,
                ContextTooLong,
            ),
            (
                400,
                r#"{"error":{"code":400,"message":"the request exceeds the available context size","type":"exceed_context_size_error"}}"#,
                ContextTooLong,
            ),
            (413, "too big", ContextTooLong),
            (
                400,
                r#"{"error":{"code":"content_filter","message":"..."}}"#,
                ContentPolicy,
            ),
            (
                400,
                r#"[{"error":{"code":400,"message":"API key not valid. Please pass a valid API key.","status":"INVALID_ARGUMENT"}}]"#,
                Auth,
            ),
            (
                400,
                r#"{"detail":[{"msg":"field required"}]}"#,
                InvalidRequest,
            ),
            (422, r#"{"error":"bad"}"#, InvalidRequest),
            (500, "", Server),
            (503, "<html>busy</html>", Server),
            (529, "", Server),
            (504, "", Timeout),
        ] {
            assert_eq!(class(status, body), expected, "{status} {body}");
        }
    }

    #[test]
    fn the_servers_words_are_found_in_every_shape() {
        for body in [
            r#"{"error":{"message":"bad  thing"}}"#,
            r#"{"error":"bad thing"}"#,
            r#"{"error":null,"message":"bad\nthing"}"#,
            r#"{"detail":"bad thing"}"#,
            r#"[{"error":{"message":"bad thing"}}]"#,
            "bad thing\n",
        ] {
            assert_eq!(read(body.as_bytes()).message, "bad thing", "{body}");
        }
        let long = "é".repeat(2000);
        assert_eq!(read(long.as_bytes()).message.chars().count(), 501);
    }

    #[test]
    fn a_wrong_parameter_comes_with_advice() {
        let said = read(br#"{"error":{"message":"Unsupported parameter","param":"max_tokens"}}"#);
        let advice = advice(LmErrorKind::InvalidRequest, &said);
        assert!(advice.is_some_and(|advice| advice.contains("max_tokens_field")));
    }

    proptest! {
        #[test]
        fn no_bytes_panic(body in proptest::collection::vec(any::<u8>(), 0..256), status in any::<u16>()) {
            let _ = kind(status, &read(&body));
        }
    }
}
