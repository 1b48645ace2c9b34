//! Reads the body of a failed response.

use serde_json::Value;

/// A body that is longer is not a message: what follows is left out before anything else is done.
const LONGEST: usize = 64 << 10;

/// What the body of a failed response says.
#[derive(Debug, Default)]
pub(in crate::lm) struct ErrorBody {
    /// The server's own words, at their full length: they may contain keys, which must be removed before
    /// anything is cut.
    pub(in crate::lm) message: String,
    /// The machine-readable codes, in lower case, separated by spaces.
    pub(in crate::lm) codes: String,
    /// A status given in the body, for a response whose own status claims success.
    pub(in crate::lm) status: Option<u16>,
}

impl ErrorBody {
    /// A failure that the server did not describe.
    pub(in crate::lm) fn from_message(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            ..Self::default()
        }
    }

    /// Reads a body in the form that most providers use (`{"error": {"message", "type", "code",
    /// "status", "param"}}`) or in another common one: `{"error": "..."}`, `{"message": "..."}`,
    /// `{"detail": ...}`, `{"base_resp": {"status_msg": "..."}}`, any of these in a list, or plain text.
    pub(in crate::lm) fn read(body: &[u8]) -> Self {
        match serde_json::from_slice::<Value>(body) {
            Ok(body) => Self::of(error_in(&body).unwrap_or(&body)),
            Err(_) => Self::from_message(text_of(body)),
        }
    }

    /// Reads a description of a failure.
    pub(in crate::lm) fn of(error: &Value) -> Self {
        const MESSAGES: [&str; 9] = [
            "message",
            "detail",
            "error_msg",
            "status_msg",
            "errmsg",
            "msg",
            "error_message",
            "error",
            "description",
        ];
        const CODES: [&str; 8] = [
            "code",
            "type",
            "status",
            "param",
            "status_code",
            "error_code",
            "errcode",
            "reason",
        ];
        let text = |name: &&str| error.get(*name).map(as_text);
        let said = |text: &String| !text.trim().is_empty();
        let message = MESSAGES.iter().filter_map(text).find(said);
        let mut message = message.unwrap_or_else(|| as_text(error));
        // What a proxy says of the server behind it.
        if let Some(raw) = error.pointer("/metadata/raw").map(as_text).filter(said) {
            message = format!("{message}: {raw}");
        }
        let codes: Vec<_> = CODES.iter().filter_map(text).collect();
        Self {
            message,
            codes: codes.join(" ").to_lowercase(),
            status: CODES.iter().find_map(|name| status(error.get(*name)?)),
        }
    }

    /// Whether one of these codes was given.
    pub(in crate::lm) fn has_code(&self, codes: &[&str]) -> bool {
        codes.iter().any(|code| self.codes.contains(code))
    }

    /// Whether the message contains one of these phrases, which must be in lower case.
    pub(in crate::lm) fn has_words(&self, phrases: &[&str]) -> bool {
        let message = self.message.to_lowercase();
        phrases.iter().any(|phrase| message.contains(phrase))
    }
}

/// The description of a failure in the body of a response, if there is one: what stands under `error` or
/// another name for it, and not just says that all is well.
pub(in crate::lm) fn error_in(body: &Value) -> Option<&Value> {
    const NAMES: [&str; 3] = ["error", "errors", "base_resp"];
    let body = body.get(0).unwrap_or(body);
    let found = NAMES.iter().filter_map(|name| body.get(*name));
    let error = found.into_iter().find(|error| is_failure(error))?;
    Some(error.get(0).unwrap_or(error))
}

/// Whether a value that stands where failures are described does describe one.
pub(in crate::lm) fn is_failure(error: &Value) -> bool {
    let well = |code: &Value| matches!(as_text(code).as_str(), "0" | "200" | "ok" | "success");
    match error {
        Value::Null | Value::Bool(false) => false,
        Value::String(text) => !text.trim().is_empty(),
        Value::Array(list) => list.iter().any(is_failure),
        Value::Object(fields) => {
            let code = ["code", "status_code"]
                .iter()
                .find_map(|name| fields.get(*name));
            !code.is_some_and(well) && fields.values().any(is_failure)
        }
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::Bool(true) => true,
    }
}

fn status(code: &Value) -> Option<u16> {
    let code = match code {
        Value::String(text) => text.trim().parse().ok(),
        other => other.as_u64().and_then(|code| u16::try_from(code).ok()),
    };
    code.filter(|code| (400..600).contains(code))
}

fn as_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        Value::Object(fields) if fields.contains_key("message") => as_text(&fields["message"]),
        other => other.to_string(),
    }
}

/// A body as text, for a message.
pub(in crate::lm) fn text_of(body: &[u8]) -> String {
    let start = &body[..body.len().min(LONGEST)];
    String::from_utf8_lossy(start).into_owned()
}

/// One line of at most 500 characters. Secrets must have been removed before.
pub(super) fn excerpt(text: &str) -> String {
    const LONGEST: usize = 500;
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_message_is_found_in_every_form() {
        for body in [
            r#"{"error":{"message":"bad thing"}}"#,
            r#"{"error":"bad thing"}"#,
            r#"{"error":null,"message":"bad thing"}"#,
            r#"{"detail":"bad thing"}"#,
            r#"[{"error":{"message":"bad thing"}}]"#,
            r#"{"type":"error","error":{"type":"invalid_request_error","message":"bad thing"}}"#,
            r#"{"success":false,"errors":[{"code":7003,"message":"bad thing"}]}"#,
            r#"{"choices":null,"base_resp":{"status_code":1008,"status_msg":"bad thing"}}"#,
            r#"{"error_code":17,"error_msg":"bad thing"}"#,
            r#"{"error":{"error":{"message":"bad thing"}}}"#,
            "bad thing",
        ] {
            let read = ErrorBody::read(body.as_bytes());
            assert_eq!(read.message, "bad thing", "{body}");
        }
        let raw = br#"{"error":{"message":"no","code":502,"metadata":{"raw":"overloaded"}}}"#;
        assert_eq!(ErrorBody::read(raw).message, "no: overloaded");
    }

    #[test]
    fn an_excerpt_is_one_line_of_bounded_length() {
        assert_eq!(excerpt(" bad\n  thing "), "bad thing");
        assert_eq!(excerpt(&"é".repeat(2000)).chars().count(), 501);
    }

    #[test]
    fn codes_and_a_status_in_the_body_are_found() {
        let body = br#"{"error":{"code":503,"type":"Server_Error","message":"x"}}"#;
        let read = ErrorBody::read(body);
        assert_eq!(
            (read.codes.as_str(), read.status),
            ("503 server_error", Some(503))
        );
        assert!(read.has_code(&["server_error"]) && !read.has_code(&["busy"]));
        for (body, status) in [
            (r#"{"error":{"code":"429"}}"#, Some(429)),
            (r#"{"error":{"code":"overloaded","status":529}}"#, Some(529)),
            (r#"{"status":400,"detail":"x"}"#, Some(400)),
            (r#"{"error":{"code":200}}"#, None),
            (r#"{"error":{"code":1008}}"#, None),
        ] {
            assert_eq!(ErrorBody::read(body.as_bytes()).status, status, "{body}");
        }
    }

    #[test]
    fn what_says_that_all_is_well_is_not_a_failure() {
        for body in [
            r#"{"error":null}"#,
            r#"{"error":""}"#,
            r#"{"error":false}"#,
            r#"{"error":{}}"#,
            r#"{"errors":[]}"#,
            r#"{"error":{"code":null,"message":null}}"#,
            r#"{"error":{"code":0,"message":"ok"}}"#,
            r#"{"error":{"code":"","message":"","param":null}}"#,
            r#"{"base_resp":{"status_code":0,"status_msg":""}}"#,
        ] {
            let body: Value = serde_json::from_str(body).expect("JSON");
            assert_eq!(error_in(&body), None, "{body}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_panic(body in proptest::collection::vec(any::<u8>(), 0..256)) {
            let _ = ErrorBody::read(&body);
        }
    }
}
