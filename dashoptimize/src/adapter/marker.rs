//! Field markers, `[[ ## name ## ]]`, and the escaping of text that looks like one.
//!
//! Inside a value, the opening of a marker, `[[ ##`, is written `[\[ ##`. If there are backslashes
//! between the brackets already, one is added, so that the reader can remove exactly one.

use std::borrow::Cow;

/// The name of the marker that ends a reply.
pub(super) const COMPLETED: &str = "completed";

/// The text at which generation may stop: the end marker without its tail, where models write
/// different numbers of spaces. The `#` keeps a field such as `completed_tasks` from ending a reply.
pub(super) const STOP: &str = "[[ ## completed #";

pub(super) fn push_marker(out: &mut String, name: &str) {
    out.push_str("[[ ## ");
    out.push_str(name);
    out.push_str(" ## ]]");
}

/// `[[ ## name ## ]]`
pub(super) fn marker(name: &str) -> String {
    let mut text = String::with_capacity(name.len() + 12);
    push_marker(&mut text, name);
    text
}

/// The position of the next opening of a marker from byte `from` on: `[[`, blanks, `#`.
pub(super) fn find_opening(text: &str, from: usize) -> Option<usize> {
    openings(text, from)
        .find(|(_, backslashes)| *backslashes == 0)
        .map(|(at, _)| at)
}

/// The position of the first opening of a marker, escaped or not, and its number of backslashes.
pub(super) fn first_opening(text: &str) -> Option<(usize, usize)> {
    openings(text, 0).next()
}

/// Adds `text` to `out`, escaped so that no marker opens in it.
pub(super) fn push_escaped(out: &mut String, text: &str) {
    let mut done = 0;
    for (at, _) in openings(text, 0) {
        out.push_str(&text[done..=at]);
        out.push('\\');
        done = at + 1;
    }
    out.push_str(&text[done..]);
}

/// Escapes the text in `out` from byte `from` on.
pub(super) fn escape_from(out: &mut String, from: usize) {
    if openings(&out[from..], 0).next().is_some() {
        let raw = out.split_off(from);
        push_escaped(out, &raw);
    }
}

/// The text before it was escaped by [`push_escaped`].
pub(super) fn unescape(text: &str) -> Cow<'_, str> {
    let mut escaped = openings(text, 0).filter(|(_, backslashes)| *backslashes > 0);
    let Some((first, _)) = escaped.next() else {
        return Cow::Borrowed(text);
    };
    let mut out = String::with_capacity(text.len());
    out.push_str(&text[..=first]);
    let mut done = first + 2;
    for (at, _) in escaped {
        out.push_str(&text[done..=at]);
        done = at + 2;
    }
    out.push_str(&text[done..]);
    Cow::Owned(out)
}

/// The positions of all openings of markers, escaped or not, and their numbers of backslashes.
fn openings(text: &str, from: usize) -> impl Iterator<Item = (usize, usize)> + '_ {
    let mut next = from;
    std::iter::from_fn(move || {
        while let Some(found) = text.get(next..)?.find('[') {
            let at = next + found;
            next = at + 1;
            if let Some(backslashes) = opening_at(text.as_bytes(), at) {
                return Some((at, backslashes));
            }
        }
        None
    })
}

fn opening_at(bytes: &[u8], at: usize) -> Option<usize> {
    let backslashes = run(&bytes[at + 1..], |byte| byte == b'\\');
    let second = at + 1 + backslashes;
    if bytes.get(second) != Some(&b'[') {
        return None;
    }
    let blanks = run(&bytes[second + 1..], |byte| matches!(byte, b' ' | b'\t'));
    (bytes.get(second + 1 + blanks) == Some(&b'#')).then_some(backslashes)
}

fn run(bytes: &[u8], of: impl Fn(u8) -> bool) -> usize {
    bytes.iter().take_while(|byte| of(**byte)).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn escaped(text: &str) -> String {
        let mut out = String::new();
        push_escaped(&mut out, text);
        out
    }

    #[test]
    fn an_escaped_marker_is_visible_and_opens_nothing() {
        assert_eq!(
            escaped("see [[ ## answer ## ]]"),
            r"see [\[ ## answer ## ]]"
        );
        assert_eq!(escaped(r"[\[ ## a"), r"[\\[ ## a");
        assert_eq!(escaped("[[[#"), r"[[\[#");
        assert_eq!(escaped("a[[1]]"), "a[[1]]");
    }

    proptest! {
        #[test]
        fn escaping_can_be_taken_back(text in r"([\[\\ #\t\]aé]|\n){0,30}") {
            let escaped = escaped(&text);
            prop_assert_eq!(find_opening(&escaped, 0), None);
            prop_assert_eq!(unescape(&escaped), text);
        }
    }
}
