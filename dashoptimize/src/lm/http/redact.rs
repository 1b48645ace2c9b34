//! Removes keys from texts that come from outside: servers echo what they were sent.

use std::borrow::Cow;

use crate::lm::secret::Secret;

const REDACTED: &str = "[redacted]";

/// A shorter secret is not the key of a hosted provider. Replacing it in a *reply* would damage words.
const LONG: usize = 16;

/// Removes all secrets from a message, and every word that looks like a key (`sk-…`, which OpenAI,
/// Anthropic and others use).
pub(super) fn message<'s>(text: &str, secrets: impl Iterator<Item = &'s Secret>) -> String {
    let mut text = Cow::Borrowed(text);
    for secret in secrets {
        replace(&mut text, secret);
    }
    without_key_words(&text)
}

/// Removes the long secrets from the text of a reply, which is not copied where there are none.
pub(super) fn reply<'s>(text: String, secrets: impl Iterator<Item = &'s Secret>) -> String {
    let mut text = Cow::Owned(text);
    for secret in secrets.filter(|secret| secret.expose().len() >= LONG) {
        replace(&mut text, secret);
    }
    text.into_owned()
}

fn replace(text: &mut Cow<'_, str>, secret: &Secret) {
    if !secret.is_empty() && text.contains(secret.expose()) {
        *text = Cow::Owned(text.replace(secret.expose(), REDACTED));
    }
}

/// Servers quote a wrong key as `sk-abc***xyz`, which still reveals part of it.
fn without_key_words(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("sk-") {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let inside_word = before.ends_with(char::is_alphanumeric);
        let end = from.find(|c| !is_key_char(c)).unwrap_or(from.len());
        let (word, after) = from.split_at(end);
        out.push_str(if inside_word { word } else { REDACTED });
        rest = after;
    }
    out.push_str(rest);
    out
}

fn is_key_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_and_masked_keys_are_removed_and_words_stay() {
        let secrets = [Secret::new("token 1"), Secret::new("")];
        let clean = |text: &str| message(text, secrets.iter());
        assert_eq!(clean("wrong: token 1!"), "wrong: [redacted]!");
        assert_eq!(
            clean("provided: sk-ab**9z. See"),
            "provided: [redacted]. See"
        );
        assert_eq!(clean("a task-specific disk-é"), "a task-specific disk-é");
    }

    #[test]
    fn a_short_secret_does_not_damage_replies() {
        let secrets = [Secret::new("test"), Secret::new("0123456789abcdef")];
        let clean = |text: &str| reply(text.to_owned(), secrets.iter());
        assert_eq!(clean("a test"), "a test");
        assert_eq!(clean("<0123456789abcdef>"), "<[redacted]>");
    }
}
