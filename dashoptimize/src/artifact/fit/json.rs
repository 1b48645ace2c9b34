//! Values as compact JSON text, read at compile time.
//!
//! A JSON writer made the text, so that it need not be checked here, and there is no space in it.

use crate::signature::Words;

/// How many characters of a value a message shows.
const LONGEST: usize = 60;

/// A value: exactly its bytes.
#[derive(Clone, Copy)]
pub(super) struct Json<'a>(&'a [u8]);

/// The items of a list, or the values of an object.
#[derive(Clone, Copy)]
pub(super) struct Entries<'a> {
    rest: &'a [u8],
    is_object: bool,
}

/// An item of a list, or a value of an object.
#[derive(Clone, Copy)]
pub(super) struct Entry<'a> {
    /// The key as a JSON text; the value once more in a list.
    pub(super) key: Json<'a>,
    pub(super) value: Json<'a>,
}

/// What a value is.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    Null,
    Bool,
    Number,
    Text,
    List,
    Object,
}

impl<'a> Json<'a> {
    pub(super) const fn new(text: &'a str) -> Self {
        Self(text.as_bytes())
    }

    pub(super) const fn kind(self) -> Kind {
        match self.0.first() {
            Some(b'n') => Kind::Null,
            Some(b't' | b'f') => Kind::Bool,
            Some(b'"') => Kind::Text,
            Some(b'[') => Kind::List,
            Some(b'{') => Kind::Object,
            _ => Kind::Number,
        }
    }

    /// The number, where it is a whole one.
    pub(super) const fn whole(self) -> Option<i128> {
        let is_negative = matches!(self.0.first(), Some(b'-'));
        let mut number: i128 = 0;
        let mut i = is_negative as usize;
        while i < self.0.len() {
            if !self.0[i].is_ascii_digit() {
                return None;
            }
            // Two fit: JSON readers keep 64 bits.
            number = number * 10 + (self.0[i] - b'0') as i128;
            i += 1;
        }
        Some(if is_negative { -number } else { number })
    }

    pub(super) const fn entries(self) -> Entries<'a> {
        Entries {
            rest: between(self.0, 1, self.0.len() - 1),
            is_object: matches!(self.0.first(), Some(b'{')),
        }
    }

    /// The value of this key in an object.
    pub(super) const fn get(self, key: &str) -> Option<Self> {
        let mut entries = self.entries();
        while let Some((entry, rest)) = entries.next() {
            if entry.key.is_text(key) {
                return Some(entry.value);
            }
            entries = rest;
        }
        None
    }

    /// The key and value of an object that has one.
    pub(super) const fn only(self) -> Option<Entry<'a>> {
        match self.entries().next() {
            Some((entry, rest)) if rest.rest.is_empty() => Some(entry),
            _ => None,
        }
    }

    /// Whether it is this text.
    pub(super) const fn is_text(self, text: &str) -> bool {
        let mut words = Words::expected(text);
        self.push_text(&mut words);
        words.are_expected()
    }

    /// Pushes what stands inside a text.
    pub(super) const fn push_text(self, words: &mut Words<'_>) {
        let mut i = 1;
        while i + 1 < self.0.len() {
            if self.0[i] == b'\\' {
                i += push_escape(words, self.0, i + 1);
            } else {
                words.push_byte(self.0[i]);
            }
            i += 1;
        }
    }

    /// Pushes the value, cut to what a message can carry.
    pub(super) const fn push_brief(self, words: &mut Words<'_>) {
        let (mut i, mut characters) = (0, 0);
        while i < self.0.len() {
            // Every byte of a character but the first is `10xxxxxx`.
            if self.0[i] & 0xc0 != 0x80 {
                characters += 1;
            }
            if characters > LONGEST {
                words.push("…");
                return;
            }
            words.push_byte(self.0[i]);
            i += 1;
        }
    }
}

impl<'a> Entries<'a> {
    pub(super) const fn next(self) -> Option<(Entry<'a>, Self)> {
        if self.rest.is_empty() {
            return None;
        }
        let key_end = end(self.rest);
        let value_start = if self.is_object { key_end + 1 } else { 0 };
        let key = Json(between(self.rest, 0, key_end));
        let behind_key = between(self.rest, value_start, self.rest.len());
        let value_end = end(behind_key);
        let value = Json(between(behind_key, 0, value_end));
        let mut next = value_end;
        if next < behind_key.len() {
            // The comma.
            next += 1;
        }
        let rest = Self {
            rest: between(behind_key, next, behind_key.len()),
            is_object: self.is_object,
        };
        Some((Entry { key, value }, rest))
    }
}

/// Pushes the character of an escape, which begins at `at` behind its backslash, and gives its length.
const fn push_escape(words: &mut Words<'_>, bytes: &[u8], at: usize) -> usize {
    match bytes[at] {
        b'n' => words.push("\n"),
        b'r' => words.push("\r"),
        b't' => words.push("\t"),
        b'b' => words.push_byte(8),
        b'f' => words.push_byte(12),
        // Writers escape nothing but control characters like this: `\u001f`.
        b'u' => {
            words.push_byte(digit(bytes[at + 3]) * 16 + digit(bytes[at + 4]));
            return 5;
        }
        byte => words.push_byte(byte),
    }
    1
}

const fn digit(byte: u8) -> u8 {
    match byte {
        b'0'..=b'9' => byte - b'0',
        b'a'..=b'f' => byte - b'a' + 10,
        _ => 0,
    }
}

/// Where the value ends with which these bytes begin.
const fn end(bytes: &[u8]) -> usize {
    let (mut i, mut depth, mut is_text) = (0, 0, false);
    while i < bytes.len() {
        match bytes[i] {
            b'\\' if is_text => i += 1,
            b'"' => is_text = !is_text,
            _ if is_text => {}
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth -= 1,
            b',' | b':' if depth == 0 => return i,
            _ => {}
        }
        i += 1;
    }
    bytes.len()
}

/// `&bytes[from..to]`, at compile time.
const fn between(bytes: &[u8], from: usize, to: usize) -> &[u8] {
    bytes.split_at(to).0.split_at(from).1
}
