//! Values are read whole, as they stand, or not at all.

use super::*;

const BOOK: &str = "text -> title, author, year: int";
const CODE: &str = "question -> language, code";
const SCORE: &str = "question -> answer: int";

/// Unusual line ends are characters of a text.
#[test]
fn line_ends_of_unicode_are_part_of_a_text() {
    let text = "one\u{2028}two\u{2029}three\u{85}four";
    in_section(&[(QA, text, Exact(json!([text])))]);
    let object = format!(r#"{{"answer": "{text}"}}"#);
    let parsed = JsonAdapter.parse(&make_signature(QA, "").unwrap(), &object);
    assert_eq!(parsed.unwrap().values, [json!(text)]);
}

/// Where quotes and keys are gone, nobody knows where a value ends.
#[test]
fn no_value_takes_in_the_next_key() {
    for reply in [
        r#"{"title": "Dune, "author": "Frank Herbert", "year": 1965}"#,
        r#"{"title": "Dune", "Frank Herbert", "year": 1965}"#,
        r#"{"title": "Dune, Frank Herbert, 1965}"#,
        r#"{"title": "Dune" "Frank Herbert" 1965}"#,
        r#"{title: Dune, author: Frank Herbert, year: 1965"#,
        r#"{"title": "Dune", "author": "Frank Herbert, "year": 1965}"#,
    ] {
        for adapter in [&ChatAdapter as &dyn Adapter, &JsonAdapter] {
            let right = [json!("Dune"), json!("Frank Herbert"), json!(1965)];
            if let Ok(parsed) = adapter.parse(&make_signature(BOOK, "").unwrap(), reply) {
                assert_eq!(parsed.values, right, "{reply}");
            }
        }
    }
}

/// Fences in a value are part of it, also where the whole reply is fenced.
#[test]
fn fences_within_a_value_do_not_end_it() {
    let code = "```python\nprint(\"hi\")\n```\nand\n```\nx\n```";
    let object = json!({"language": "python", "code": code});
    let fenced: &'static str = format!("```json\n{object}\n```").leak();
    let around: &'static str = format!("Here it is:\n\n```json\n{object:#}\n```\nDone.").leak();
    let raw: &'static str =
        "```json\n{\"language\": \"python\", \"code\": \"```python\nx = 1\n```\"}\n```";
    for (reply, code) in [
        (fenced, code),
        (around, code),
        (raw, "```python\nx = 1\n```"),
    ] {
        for adapter in [&ChatAdapter as &dyn Adapter, &JsonAdapter] {
            let parsed = adapter.parse(&make_signature(CODE, "").unwrap(), reply);
            let values = parsed
                .unwrap_or_else(|error| panic!("{reply}: {error}"))
                .values;
            assert_eq!(values, [json!("python"), json!(code)]);
        }
    }
}

/// A judge's words around a score are not another score.
#[test]
fn a_score_is_the_one_that_is_stated_or_none() {
    for (reply, right) in [
        ("4", Some(4)),
        ("Score: 4", Some(4)),
        ("**4**", Some(4)),
        ("4/5", None),
        ("between 3 and 4", None),
        ("I give it a 4, not a 5", None),
        ("not 4", None),
        ("four", Some(4)),
        ("4.5", None),
        ("1_234", Some(1234)),
        ("0x2A", None),
        ("-", None),
    ] {
        let section = section(reply);
        let parsed = ChatAdapter.parse(&make_signature(SCORE, "").unwrap(), &section);
        if let Ok(parsed) = parsed {
            assert_eq!(parsed.values, [json!(right)], "{reply}");
        }
    }
}
