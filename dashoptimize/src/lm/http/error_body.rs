//! Reads the body of a failed response.

use serde_json::Value;

/// What the body of a failed response says.
#[derive(Debug, Default)]
pub(in crate::lm) struct ErrorBody {
    /// The server's own words, in one line of at most 500 characters.
    pub(in crate::lm) message: String,
    /// The machine-readable codes, in lower case, separated by spaces.
    pub(in crate::lm) codes: String,
    /// A status given in the body, for a response whose own status claims success.
    pub(in crate::lm) status: Option<u16>,
}

impl ErrorBody {
    /// A failure that the server did not describe.
    pub(super) fn from_message(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            ..Self::default()
        }
    }

    /// Reads a body in the form that most providers use (`{"error": {"message", "type", "code",
    /// "status", "param"}}`) or in another common one: `{"error": "..."}`, `{"message": "..."}`,
    /// `{"detail": ...}`, any of these in a list, or plain text.
    pub(in crate::lm) fn read(body: &[u8]) -> Self {
        let Ok(body) = serde_json::from_slice::<Value>(body) else {
            return Self::from_message(excerpt(&String::from_utf8_lossy(body)));
        };
        let outer = body.get(0).unwrap_or(&body);
        let error = match outer.get("error") {
            Some(error) if !error.is_null() => error,
            _ => outer,
        };
        let text = |name: &str| error.get(name).map(as_text);
        let codes = ["code", "type", "status", "param"];
        let codes: Vec<_> = codes.into_iter().filter_map(text).collect();
        let message = text("message")
            .or_else(|| text("detail"))
            .unwrap_or_else(|| as_text(error));
        Self {
            message: excerpt(&message),
            codes: codes.join(" ").to_lowercase(),
            status: error
                .get("code")
                .and_then(Value::as_u64)
                .and_then(|code| u16::try_from(code).ok())
                .filter(|code| (400..600).contains(code)),
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

fn as_text(value: &Value) -> String {
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_message_is_found_in_every_form() {
        for body in [
            r#"{"error":{"message":"bad  thing"}}"#,
            r#"{"error":"bad thing"}"#,
            r#"{"error":null,"message":"bad\nthing"}"#,
            r#"{"detail":"bad thing"}"#,
            r#"[{"error":{"message":"bad thing"}}]"#,
            r#"{"type":"error","error":{"type":"invalid_request_error","message":"bad thing"}}"#,
            "bad thing\n",
        ] {
            assert_eq!(
                ErrorBody::read(body.as_bytes()).message,
                "bad thing",
                "{body}"
            );
        }
        let long = "é".repeat(2000);
        let read = ErrorBody::read(long.as_bytes());
        assert_eq!(read.message.chars().count(), 501);
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
    }

    proptest! {
        #[test]
        fn no_bytes_panic(body in proptest::collection::vec(any::<u8>(), 0..256)) {
            let _ = ErrorBody::read(&body);
        }
    }
}
