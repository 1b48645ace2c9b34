//! JSON inside other text.

use super::loose_json::{LooseJson, parse};

/// How many positions are tried. The limit bounds the cost of a reply full of brackets.
const TRIES: usize = 16;

/// A value in a text.
#[derive(Debug)]
pub(super) struct EmbeddedJson {
    /// The value and the repairs inside it.
    pub(super) loose: LooseJson,
    /// How it was extracted, unless it is the whole text.
    pub(super) done: Option<&'static str>,
}

/// The JSON values that open with one of these characters, in order. A quote counts only at the start
/// of the text, because inside a text it does not mean JSON.
pub(super) fn values<'a>(
    text: &'a str,
    opens: &'a [char],
) -> impl Iterator<Item = EmbeddedJson> + 'a {
    let start = text.len() - text.trim_start().len();
    let mut from = 0;
    let mut places = std::iter::from_fn(move || {
        loop {
            let at = from + text.get(from..)?.find(opens)?;
            from = at + 1;
            if at == start || !text[at..].starts_with('"') {
                return Some(at);
            }
        }
    });
    let mut tries = 0;
    let mut free_from = 0;
    std::iter::from_fn(move || {
        while tries < TRIES {
            let at = places.find(|at| *at >= free_from)?;
            tries += 1;
            if let Some(loose) = parse(&text[at..]) {
                let end = at + loose.end;
                free_from = end;
                let alone = at == start && text[end..].trim().is_empty();
                let done = (!alone).then(|| around(&text[..at], &text[end..]));
                return Some(EmbeddedJson { loose, done });
            }
        }
        None
    })
}

fn around(before: &str, after: &str) -> &'static str {
    let opened = before.trim_start().strip_prefix("```");
    let fenced = opened.is_some_and(|info| info.trim().chars().all(char::is_alphanumeric))
        && matches!(after.trim(), "```" | "");
    if fenced {
        "extracted the JSON from its code fence"
    } else {
        "extracted the JSON from the surrounding text"
    }
}
