//! JSON with the faults that servers are known to make: what a strict reader would throw away although it is
//! paid for.

use serde::de::DeserializeSeed;
use serde_json::{Map, Value};

use super::as_written::{in_place_of_text, is_key_of_text};
use crate::json::{JsonReader, RepeatedKeys};

/// Reads the first JSON value of a text.
///
/// Where a text is expected, what else stands there [is the text](super::as_written). Half a surrogate pair becomes U+FFFD, what is not a number becomes `null`, characters that must be escaped
/// and escapes that do not exist stand for themselves, and a comma after the last element is left out. Of a
/// key that is given twice, the last value that says something counts; two objects are put together, and of
/// `finish_reason` all values count.
pub(super) fn parse(text: &str) -> Result<Value, serde_json::Error> {
    let clean = cleaned(text);
    let mut reader = serde_json::Deserializer::from_str(&clean);
    JsonReader(Merged).deserialize(&mut reader)
}

/// For how many keys it is looked whether JSON stands in the place of a text.
const MOST_LOOKS: usize = 64;

fn cleaned(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let mut looks = 0;
    while let Some(c) = rest.chars().next() {
        rest = match c {
            '"' => {
                let start = out.len();
                let after = push_string(&mut out, &rest[1..]);
                // Where a value ends is looked for, so that this is done for few of them.
                let looked = looks < MOST_LOOKS && is_key_of_text(&out[start..], after);
                looks += usize::from(looked);
                let written = looked.then(|| push_written(&mut out, start, after));
                written.flatten().unwrap_or(after)
            }
            ',' if is_last_comma(&rest[1..]) => &rest[1..],
            c if is_word(c) => push_word(&mut out, rest),
            c => {
                out.push(c);
                &rest[c.len_utf8()..]
            }
        };
    }
    out
}

/// The value of the key that was pushed last, if it stands in the place of a text.
fn push_written<'t>(out: &mut String, key: usize, after: &'t str) -> Option<&'t str> {
    let (value, rest) = in_place_of_text(&out[key..], after)?;
    out.push(':');
    out.push_str(&Value::from(value).to_string());
    Some(rest)
}

fn is_last_comma(after: &str) -> bool {
    after.trim_start().starts_with([']', '}'])
}

const fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.' | '_')
}

/// A number or a name outside of texts.
fn push_word<'t>(out: &mut String, text: &'t str) -> &'t str {
    let end = text.find(|c| !is_word(c)).unwrap_or(text.len());
    let (word, rest) = text.split_at(end);
    out.push_str(match word {
        "True" => "true",
        "False" => "false",
        word if serde_json::from_str::<Value>(word).is_ok() => word,
        _ => "null",
    });
    rest
}

/// The text after its opening quote, up to and with the closing one.
fn push_string<'t>(out: &mut String, text: &'t str) -> &'t str {
    out.push('"');
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let after = &rest[c.len_utf8()..];
        rest = match c {
            '"' => {
                out.push('"');
                return after;
            }
            '\\' => push_escape(out, after),
            c if c < ' ' => {
                out.push_str(&format!("\\u{:04x}", u32::from(c)));
                after
            }
            c => {
                out.push(c);
                after
            }
        };
    }
    rest
}

/// An escape after its backslash.
fn push_escape<'t>(out: &mut String, text: &'t str) -> &'t str {
    match text.chars().next() {
        Some('"' | '\\' | '/' | 'b' | 'f' | 'n' | 'r' | 't') => {
            out.push('\\');
            out.push_str(&text[..1]);
            &text[1..]
        }
        Some('u') => push_unicode(out, text),
        // The backslash stands for itself.
        _ => {
            out.push_str("\\\\");
            text
        }
    }
}

/// An escape that starts with `u`.
fn push_unicode<'t>(out: &mut String, text: &'t str) -> &'t str {
    let code = |text: &str| {
        let digits = text.strip_prefix('u')?.get(..4)?;
        let hex = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
        hex.then(|| u32::from_str_radix(digits, 16).ok()).flatten()
    };
    let low = |text: &str| {
        let low = text.strip_prefix('\\').and_then(code);
        low.is_some_and(|low| (0xdc00..0xe000).contains(&low))
    };
    match code(text) {
        None => {
            out.push_str("\\\\");
            text
        }
        Some(0xd800..0xdc00) if low(&text[5..]) => {
            out.push('\\');
            out.push_str(&text[..11]);
            &text[11..]
        }
        Some(0xd800..0xe000) => {
            out.push('\u{fffd}');
            &text[5..]
        }
        Some(_) => {
            out.push('\\');
            out.push_str(&text[..5]);
            &text[5..]
        }
    }
}

/// A key may be given twice.
#[derive(Clone, Copy)]
struct Merged;

impl RepeatedKeys for Merged {
    const ARE_REFUSED: bool = false;

    fn enter(fields: &mut Map<String, Value>, key: String, value: Value) {
        merge(fields, key, value);
    }
}

fn merge(fields: &mut Map<String, Value>, name: String, value: Value) {
    match (fields.get_mut(&name), value) {
        (Some(_), value) if says_nothing(&value) => {}
        (Some(Value::Object(before)), Value::Object(fields)) => {
            for (name, value) in fields {
                merge(before, name, value);
            }
        }
        (Some(before), value) if name == "finish_reason" && !says_nothing(before) => {
            *before = vec![before.take(), value].into();
        }
        (_, value) => {
            fields.insert(name, value);
        }
    }
}

fn says_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(list) => list.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Number, json};

    use super::*;

    #[test]
    fn faults_of_servers_do_not_lose_a_value() {
        for (text, value) in [
            (r#"{"a":"x\ud83d"}"#, json!({"a": "x\u{fffd}"})),
            (r#"{"a":"\ude00x"}"#, json!({"a": "\u{fffd}x"})),
            (r#"{"a":"\ud83dA"}"#, json!({"a": "\u{fffd}A"})),
            (r#"{"a":"\ud83d\ud83d\ude00"}"#, json!({"a": "\u{fffd}😀"})),
            (r#"{"a":"\u00e9\u12"}"#, json!({"a": "é\\u12"})),
            (
                r#"{"a":NaN,"b":-Infinity,"c":[Infinity,1e999]}"#,
                json!({"a": null, "b": null, "c": [null, null]}),
            ),
            (
                r#"{"a":True,"b":None,"c":undefined}"#,
                json!({"a": true, "b": null, "c": null}),
            ),
            (
                "{\"a\":\"one\ntwo\tthree\"}",
                json!({"a": "one\ntwo\tthree"}),
            ),
            (r#"{"a":"\$5 \x \'"}"#, json!({"a": "\\$5 \\x \\'"})),
            (r#"{"a":[1,2,],}"#, json!({"a": [1, 2]})),
            (r#"{"a":"NaN, ] \" ,}"}"#, json!({"a": "NaN, ] \" ,}"})),
            (r#"{"a":1,"a":null}"#, json!({"a": 1})),
            (r#"{"a":null,"a":1,"a":2}"#, json!({"a": 2})),
            (
                r#"{"a":"x","a":"","b":{},"b":"y"}"#,
                json!({"a": "x", "b": "y"}),
            ),
            (
                r#"{"m":{"content":"x"},"m":{"role":"r","content":null}}"#,
                json!({"m": {"content": "x", "role": "r"}}),
            ),
            (
                r#"{"finish_reason":"length","finish_reason":"stop"}"#,
                json!({"finish_reason": ["length", "stop"]}),
            ),
            (r#"{"a":1} and more"#, json!({"a": 1})),
        ] {
            assert_eq!(parse(text).expect(text), value, "{text}");
        }
    }

    #[test]
    fn what_is_cut_is_not_completed() {
        for text in [
            "",
            "{",
            r#"{"a""#,
            r#"{"a":"b"#,
            r#"{"a":"b\"#,
            r#"{"a":[1"#,
            "<html>",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn json_is_read_as_it_is(texts in proptest::collection::vec(any::<String>(), 0..4), number in any::<f64>()) {
            let value = json!({"texts": texts, "number": Number::from_f64(number), "at": -3});
            prop_assert_eq!(parse(&value.to_string()).expect("JSON"), value);
        }

        #[test]
        fn no_text_panics(text in "\\PC{0,20}[\"\\\\ud83]{0,12}\\PC{0,20}") {
            let _ = parse(&text);
        }
    }
}
