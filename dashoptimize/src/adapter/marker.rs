//! Field markers, `[[ ## name ## ]]`, and how text is kept from looking like one.
//!
//! Inside a value the opening of a marker, `[[ ##`, is written `[\[ ##`. One backslash is added to
//! those that stand between the brackets already, so that reading can take exactly one away again.

use std::borrow::Cow;

/// Name of the marker that ends a reply.
pub(super) const COMPLETED: &str = "completed";

/// What generation may stop at: the end marker without its tail, which models space differently.
pub(super) const STOP: &str = "[[ ## completed";

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

/// Where the next marker opens, from byte `from` on: `[[`, blanks, `#`.
pub(super) fn find_opening(text: &str, from: usize) -> Option<usize> {
    openings(text, from)
        .find(|(_, backslashes)| *backslashes == 0)
        .map(|(at, _)| at)
}

/// The first place where a marker opens or an escaped one does, with the number of backslashes.
pub(super) fn first_opening(text: &str) -> Option<(usize, usize)> {
    openings(text, 0).next()
}

/// Adds `text` to `out` so that no marker opens in it.
pub(super) fn push_escaped(out: &mut String, text: &str) {
    let mut done = 0;
    for (at, _) in openings(text, 0) {
        out.push_str(&text[done..=at]);
        out.push('\\');
        done = at + 1;
    }
    out.push_str(&text[done..]);
}

/// Escapes what was written to `out` from byte `from` on.
pub(super) fn escape_from(out: &mut String, from: usize) {
    if openings(&out[from..], 0).next().is_some() {
        let raw = out.split_off(from);
        push_escaped(out, &raw);
    }
}

/// The text as it was before [`push_escaped`].
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

/// Every place where a marker opens or an escaped one does, with the number of backslashes.
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
