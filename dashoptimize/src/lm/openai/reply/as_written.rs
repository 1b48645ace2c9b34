//! JSON in the place of a text: some servers read what their model writes, where it is JSON, and send the values.
//! The text of the reply is what the model wrote, so it is taken from the body as it stands there; a number that
//! is written anew would be another text.

use serde_json::Value;

/// Whether something else than a text stands after a key that has one.
pub(super) fn is_key_of_text(key: &str, after: &str) -> bool {
    const KEYS: [&str; 5] = [
        r#""content""#,
        r#""text""#,
        r#""arguments""#,
        r#""input""#,
        r#""parameters""#,
    ];
    let value = after.trim_start().strip_prefix(':');
    KEYS.contains(&key) && value.is_some_and(|value| !value.trim_start().starts_with('"'))
}

/// The value after a key, if a text is expected there and something else stands there; and what follows the
/// value. `key` has its quotes.
pub(super) fn in_place_of_text<'t>(key: &str, after: &'t str) -> Option<(&'t str, &'t str)> {
    let value = after.trim_start().strip_prefix(':')?.trim_start();
    let (value, rest) = value.split_at(end_of(value)?);
    let is_written = match (key, value.chars().next()?) {
        (_, '"') => false,
        _ if matches!(value, "null" | "None") => false,
        (r#""arguments""# | r#""input""# | r#""parameters""# | r#""content""#, '{' | '[') => {
            let read = serde_json::from_str::<Value>(value);
            !read.is_ok_and(|value| key == r#""content""# && is_text_or_parts(&value))
        }
        (r#""content""# | r#""text""#, first) => !matches!(first, '{' | '['),
        _ => false,
    };
    is_written.then_some((value, rest))
}

/// Where the value ends with which a text starts. `None` if the text ends before it.
fn end_of(text: &str) -> Option<usize> {
    let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = quoted,
            b'"' if quoted && depth == 0 => return Some(at + 1),
            b'"' => quoted = !quoted,
            _ if quoted => {}
            b'{' | b'[' => depth += 1,
            b'}' | b']' if depth == 1 => return Some(at + 1),
            b'}' | b']' if depth > 1 => depth -= 1,
            b'}' | b']' | b',' | b' ' | b'\t' | b'\r' | b'\n' if depth == 0 => return Some(at),
            _ => {}
        }
    }
    None
}

/// Whether a content is a text, or parts of a message, and not JSON that the model has written.
pub(super) fn is_text_or_parts(content: &Value) -> bool {
    match content {
        Value::Null => true,
        Value::Array(parts) => parts.iter().all(is_part),
        content => is_part(content),
    }
}

/// Whether this is a part of a message, and not a part of an answer in JSON.
fn is_part(part: &Value) -> bool {
    const KINDS: [&str; 10] = [
        "text", "think", "reason", "thought", "refusal", "tool", "function", "image", "audio",
        "file",
    ];
    match part {
        Value::String(_) => true,
        Value::Object(part) => match part.get("type") {
            Some(Value::String(kind)) => KINDS
                .iter()
                .any(|known| kind.to_lowercase().contains(known)),
            Some(_) => false,
            None => part
                .keys()
                .all(|name| matches!(name.as_str(), "text" | "thought" | "refusal")),
        },
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_in_the_place_of_a_text_is_found_whole() {
        for (key, after, value) in [
            ("content", ": 1.50, \"x\": 2", Some("1.50")),
            ("content", ":1e400}", Some("1e400")),
            ("content", ":-0\n}", Some("-0")),
            ("content", ": true}", Some("true")),
            (
                "content",
                r#": {"a": "}\" {", "b": [1.0]} , 2"#,
                Some(r#"{"a": "}\" {", "b": [1.0]}"#),
            ),
            (
                "content",
                ": [1.10, {\"a\": []}]]",
                Some("[1.10, {\"a\": []}]"),
            ),
            ("content", r#": "1.50""#, None),
            ("content", ": null", None),
            ("content", r#": [{"type": "text", "text": "a"}]"#, None),
            ("content", r#": {"text": "a"}"#, None),
            ("content", ": {\"a\": 1", None),
            ("content", " and more", None),
            ("text", ": 2.0}", Some("2.0")),
            ("text", r#": {"value": "a"}}"#, None),
            ("arguments", r#": {"a": 1.50}}"#, Some(r#"{"a": 1.50}"#)),
            ("arguments", r#": {"text": "a"}}"#, Some(r#"{"text": "a"}"#)),
            ("arguments", ": 5}", None),
            ("total_tokens", ": 5}", None),
        ] {
            let found = in_place_of_text(&format!("\"{key}\""), after);
            assert_eq!(found.map(|(value, _)| value), value, "{key}{after}");
        }
    }
}
