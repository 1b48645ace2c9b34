//! Removes keys from texts that come from outside: servers echo what they were sent, whole or in part, as
//! it was or encoded.

use std::collections::{BTreeSet, HashSet};
use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};

use crate::lm::secret::Secret;

const REDACTED: &str = "[redacted]";

/// A shorter text is not a key, and replacing it would damage words.
const SHORTEST: usize = 4;

/// A shorter secret is not the key of a hosted provider. Replacing it in a *reply* would damage words.
const LONG: usize = 16;

/// A part of a long secret that has this length does not occur by chance.
const FRAGMENT: usize = 8;

/// What must not be shown, in every form in which a server may quote it.
#[derive(Default)]
pub(super) struct Redactor {
    forms: BTreeSet<Form>,
}

/// One way to write a secret.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Form {
    text: String,
    /// Whether it is a secret for certain, and not a setting that might be one.
    certain: bool,
}

impl Redactor {
    /// Hides this key.
    pub(super) fn of(key: &Secret) -> Self {
        let mut redactor = Self::default();
        redactor.hide(key.expose());
        redactor
    }

    /// The value of a header, and the key in it: servers quote it without the scheme before it.
    pub(super) fn hide_header(&mut self, value: &Secret) {
        let value = value.expose();
        self.hide(value);
        let Some((scheme, key)) = value.split_once(' ') else {
            return;
        };
        self.hide(key);
        let credentials = STANDARD.decode(key.trim()).unwrap_or_default();
        if scheme.eq_ignore_ascii_case("basic")
            && let Ok(credentials) = String::from_utf8(credentials)
        {
            self.hide(&credentials);
            self.hide(
                credentials
                    .split_once(':')
                    .map_or("", |(_, password)| password),
            );
        }
    }

    /// A text that is secret for certain, such as a key.
    pub(super) fn hide(&mut self, secret: &str) {
        self.add(secret, true);
    }

    /// A text that may be secret, such as a part of a path. It is left out of messages, and left in replies
    /// unless it looks like a key.
    pub(super) fn hide_setting(&mut self, text: &str) {
        self.add(text, looks_like_key(text));
    }

    fn add(&mut self, secret: &str, certain: bool) {
        if secret.len() < SHORTEST {
            return;
        }
        for text in forms(secret) {
            self.forms.insert(Form { text, certain });
        }
    }

    /// A message without secrets, without parts of them, and without any word that looks like a key or a
    /// masked one. It must not have been cut before.
    pub(super) fn message(&self, text: &str) -> String {
        let mut marks = Marks::new(text);
        for form in &self.forms {
            marks.mark_whole(&form.text);
            if form.certain && form.text.len() >= LONG {
                marks.mark_fragments(form.text.as_bytes());
            }
            marks.mark_ends(&form.text);
        }
        without_key_words(&marks.redacted())
    }

    /// A text of a reply without long secrets. It is not copied if it has none.
    pub(super) fn reply(&self, text: String) -> String {
        let long = |form: &&Form| form.certain && form.text.len() >= LONG;
        let found: Vec<_> = self
            .forms
            .iter()
            .filter(long)
            .filter(|form| text.contains(&form.text))
            .collect();
        if found.is_empty() {
            return text;
        }
        let mut marks = Marks::new(&text);
        for form in found {
            marks.mark_whole(&form.text);
        }
        marks.redacted()
    }
}

/// The ways in which a secret is written: as it is, in JSON, in HTML, in a URL, and in base64.
fn forms(secret: &str) -> BTreeSet<String> {
    let json = serde_json::to_string(secret).unwrap_or_default();
    let json = json.trim_matches('"').to_owned();
    let html = secret
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;");
    [
        secret.to_owned(),
        json.replace('/', "\\/"),
        json,
        html.replace('\'', "&#39;"),
        html.replace('\'', "&#x27;").replace('/', "&#x2F;"),
        percent_encoded(secret, false),
        percent_encoded(secret, true),
        percent_encoded(secret, false).to_lowercase(),
        percent_encoded(secret, false).replace("%20", "+"),
        STANDARD_NO_PAD.encode(secret),
        URL_SAFE_NO_PAD.encode(secret),
    ]
    .into()
}

/// The text as it stands in a URL; in a path, some signs stay.
fn percent_encoded(text: &str, in_path: bool) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        let stays = byte.is_ascii_alphanumeric()
            || b"-._~".contains(&byte)
            || (in_path && b"!$&'()*+,;=:@/".contains(&byte));
        if stays {
            out.push(char::from(byte));
        } else {
            // Writing to a `String` cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// Whether a text of a setting looks like a key, and not like the name or the version of something.
fn looks_like_key(text: &str) -> bool {
    let word = |word: &str| {
        let has = |is: fn(&u8) -> bool| word.bytes().any(|byte| is(&byte));
        word.len() >= 12 && has(u8::is_ascii_digit) && has(u8::is_ascii_alphabetic)
    };
    text.len() >= LONG && text.split(|c: char| !c.is_ascii_alphanumeric()).any(word)
}

/// A text, and which of its bytes are secret.
struct Marks<'t> {
    text: &'t str,
    secret: Vec<bool>,
}

impl<'t> Marks<'t> {
    fn new(text: &'t str) -> Self {
        Self {
            text,
            secret: vec![false; text.len()],
        }
    }

    fn mark(&mut self, start: usize, length: usize) {
        self.secret[start..start + length].fill(true);
    }

    fn mark_whole(&mut self, secret: &str) {
        let starts: Vec<usize> = self.text.match_indices(secret).map(|(at, _)| at).collect();
        for start in starts {
            self.mark(start, secret.len());
        }
    }

    /// Parts from anywhere in a secret: a server may cut what it quotes at both ends.
    fn mark_fragments(&mut self, secret: &[u8]) {
        let fragments: HashSet<&[u8]> = secret.windows(FRAGMENT).collect();
        for (start, window) in self.text.as_bytes().windows(FRAGMENT).enumerate() {
            if fragments.contains(window) {
                self.secret[start..start + FRAGMENT].fill(true);
            }
        }
    }

    /// The start of a secret at the end of the text, and its end at the start: there the server cut, and may
    /// have put signs of it.
    fn mark_ends(&mut self, secret: &str) {
        let is_sign = |c: char| c.is_whitespace() || c.is_ascii_punctuation() || c == '…';
        let cuts: Vec<usize> = (SHORTEST..secret.len()).rev().collect();
        let text = self.text;
        for (at, c) in text.char_indices().rev() {
            let end = at + c.len_utf8();
            let cut = cuts.iter().find(|cut| {
                let start = secret.get(..**cut);
                start.is_some_and(|start| text[..end].ends_with(start))
            });
            if let Some(cut) = cut {
                self.mark(end - cut, *cut);
            }
            if cut.is_some() || !is_sign(c) {
                break;
            }
        }
        for (at, c) in text.char_indices() {
            let cut = cuts.iter().find(|cut| {
                let rest = secret.get(secret.len() - **cut..);
                rest.is_some_and(|rest| text[at..].starts_with(rest))
            });
            if let Some(cut) = cut {
                self.mark(at, *cut);
            }
            if cut.is_some() || !is_sign(c) {
                break;
            }
        }
    }

    fn redacted(&self) -> String {
        let mut out = String::with_capacity(self.text.len());
        let mut inside = false;
        for (at, c) in self.text.char_indices() {
            let secret = self.secret[at..at + c.len_utf8()].contains(&true);
            match (secret, inside) {
                (true, false) => out.push_str(REDACTED),
                (true, true) => {}
                (false, _) => out.push(c),
            }
            inside = secret;
        }
        out
    }
}

/// Servers quote a wrong key as `sk-abc***xyz`, which still reveals part of it. `sk-…` is how keys of OpenAI,
/// Anthropic and others start.
fn without_key_words(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(is_key_char) {
        let (before, from) = rest.split_at(start);
        let end = from.find(|c| !is_key_char(c)).unwrap_or(from.len());
        let (word, after) = from.split_at(end);
        out.push_str(before);
        out.push_str(if is_key_word(word, before) {
            REDACTED
        } else {
            word
        });
        rest = after;
    }
    out.push_str(rest);
    out
}

fn is_key_word(word: &str, before: &str) -> bool {
    let inside_word = before.ends_with(char::is_alphanumeric);
    let masked = word.contains("**") && word.starts_with(|c: char| c.is_ascii_alphanumeric());
    (word.starts_with("sk-") && !inside_word) || masked
}

fn is_key_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '*')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const KEY: &str = "gsk_0f9e8d7c6b5a49382716Az+/=&'\"x";

    fn hiding(secrets: &[&str]) -> Redactor {
        let mut redactor = Redactor::default();
        for secret in secrets {
            redactor.hide(secret);
        }
        redactor
    }

    #[test]
    fn secrets_and_masked_keys_are_removed_and_words_stay() {
        let redactor = hiding(&["token 1", "", "x"]);
        for (text, clean) in [
            ("wrong: token 1!", "wrong: [redacted]!"),
            ("provided: sk-ab**9z. See", "provided: [redacted]. See"),
            ("key gsk_ab****yz is wrong", "key [redacted] is wrong"),
            ("a task-specific disk-é", "a task-specific disk-é"),
            ("**bold**, 2 * 3, a_b-c", "**bold**, 2 * 3, a_b-c"),
            ("x marks the spot", "x marks the spot"),
        ] {
            assert_eq!(redactor.message(text), clean);
        }
    }

    #[test]
    fn i13_a_secret_is_removed_in_every_form() {
        let redactor = hiding(&[KEY]);
        for form in forms(KEY) {
            let shown = redactor.message(&format!("before {form} after"));
            assert_eq!(shown, "before [redacted] after");
            let reply = redactor.reply(format!("before {form} after"));
            assert_eq!(reply, "before [redacted] after");
        }
    }

    #[test]
    fn i13_a_part_of_a_secret_at_a_cut_is_removed() {
        let redactor = hiding(&[KEY]);
        for cut in SHORTEST..KEY.len() {
            for end in ["", "…", "...\"", "}"] {
                let shown = redactor.message(&format!("the key {}{end}", &KEY[..cut]));
                assert_eq!(shown, format!("the key [redacted]{end}"), "{cut}");
            }
            let shown = redactor.message(&format!("…{} is the key", &KEY[KEY.len() - cut..]));
            assert!(shown.starts_with("…[redacted] is"), "{cut}: {shown}");
        }
        let middle = redactor.message(&format!("a {} b", &KEY[5..20]));
        assert_eq!(middle, "a [redacted] b");
    }

    #[test]
    fn a_short_secret_and_a_setting_do_not_damage_replies() {
        let mut redactor = hiding(&["test", "0123456789abcdef"]);
        redactor.hide_setting("gpt-4o-mini-2024-07-18");
        redactor.hide_setting("tok-0123456789ab");
        let clean = |text: &str| redactor.reply(text.to_owned());
        assert_eq!(clean("a test"), "a test");
        assert_eq!(clean("<0123456789abcdef>"), "<[redacted]>");
        assert_eq!(clean("gpt-4o-mini-2024-07-18"), "gpt-4o-mini-2024-07-18");
        assert_eq!(clean("tok-0123456789ab"), "[redacted]");
        let message = redactor.message("no gpt-4o-mini-2024-07-18 here");
        assert_eq!(message, "no [redacted] here");
    }

    proptest! {
        #[test]
        fn no_text_and_no_secret_panic(text in "\\PC{0,40}", secret in "\\PC{0,30}") {
            let mut redactor = hiding(&[&secret]);
            redactor.hide_setting(&text);
            let _ = redactor.message(&format!("{text}{secret}"));
            let _ = redactor.reply(format!("{secret}{text}"));
        }
    }
}
