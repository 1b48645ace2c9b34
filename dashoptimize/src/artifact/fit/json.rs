//! JSON values as const data.

use crate::signature::{Words, same};

/// How many characters of a value a message shows.
const LONGEST: usize = 60;

/// A JSON value in a file, as `include_prompt!` writes it out.
#[derive(Clone, Copy, Debug)]
pub enum FileJson<'a> {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number as JSON writes it, and its value if it is a whole number.
    Number(&'a str, Option<i128>),
    /// A text.
    Text(&'a str),
    /// A list.
    List(&'a [Self]),
    /// The keys and values of an object.
    Object(&'a [(&'a str, Self)]),
}

impl<'a> FileJson<'a> {
    /// The value of a key in an object.
    pub(super) const fn get(entries: &[(&str, Self)], key: &str) -> Option<Self> {
        let mut i = 0;
        while i < entries.len() {
            if same(entries[i].0, key) {
                return Some(entries[i].1);
            }
            i += 1;
        }
        None
    }

    /// Pushes the value as compact JSON, cut to what a message can carry.
    pub(super) const fn push_brief(self, words: &mut Words<'_>) {
        let mut brief = Brief {
            words,
            characters: 0,
        };
        brief.push_json(self);
    }
}

/// The first characters of what is pushed.
struct Brief<'w, 'b> {
    words: &'w mut Words<'b>,
    /// How many were pushed so far.
    characters: usize,
}

impl Brief<'_, '_> {
    const fn push_json(&mut self, json: FileJson<'_>) {
        match json {
            FileJson::Null => self.push("null"),
            FileJson::Bool(true) => self.push("true"),
            FileJson::Bool(false) => self.push("false"),
            FileJson::Number(text, _) => self.push(text),
            FileJson::Text(text) => self.push_quoted(text),
            FileJson::List(list) => self.push_list(list),
            FileJson::Object(entries) => self.push_object(entries),
        }
    }

    const fn push_list(&mut self, list: &[FileJson<'_>]) {
        self.push("[");
        let mut i = 0;
        while i < list.len() && !self.is_full() {
            self.push(if i > 0 { "," } else { "" });
            self.push_json(list[i]);
            i += 1;
        }
        self.push("]");
    }

    const fn push_object(&mut self, entries: &[(&str, FileJson<'_>)]) {
        self.push("{");
        let mut i = 0;
        while i < entries.len() && !self.is_full() {
            self.push(if i > 0 { "," } else { "" });
            self.push_quoted(entries[i].0);
            self.push(":");
            self.push_json(entries[i].1);
            i += 1;
        }
        self.push("}");
    }

    /// A text with the escapes of `serde_json`.
    const fn push_quoted(&mut self, text: &str) {
        self.push("\"");
        let bytes = text.as_bytes();
        let mut i = 0;
        while i < bytes.len() && !self.is_full() {
            match bytes[i] {
                b'"' => self.push("\\\""),
                b'\\' => self.push("\\\\"),
                b'\n' => self.push("\\n"),
                b'\r' => self.push("\\r"),
                b'\t' => self.push("\\t"),
                8 => self.push("\\b"),
                12 => self.push("\\f"),
                byte if byte < 0x20 => {
                    self.push("\\u00");
                    self.push_byte(hex(byte >> 4));
                    self.push_byte(hex(byte & 15));
                }
                byte => self.push_byte(byte),
            }
            i += 1;
        }
        self.push("\"");
    }

    const fn push(&mut self, text: &str) {
        let bytes = text.as_bytes();
        let mut i = 0;
        while i < bytes.len() {
            self.push_byte(bytes[i]);
            i += 1;
        }
    }

    const fn push_byte(&mut self, byte: u8) {
        if self.is_full() {
            return;
        }
        // Every byte of a character but the first is `10xxxxxx`.
        if byte & 0xc0 != 0x80 {
            self.characters += 1;
        }
        if self.is_full() {
            self.words.push("…");
        } else {
            self.words.push_byte(byte);
        }
    }

    const fn is_full(&self) -> bool {
        self.characters > LONGEST
    }
}

const fn hex(digit: u8) -> u8 {
    b"0123456789abcdef"[digit as usize]
}
