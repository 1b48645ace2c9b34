//! JSON as models write it. Correct JSON is read as it is. JSON with one of the usual mistakes is read
//! as it was meant, and the parser reports the repairs.

use serde_json::{Map, Value};

/// The deepest nesting. The limit prevents a malicious reply from exhausting the stack.
const DEEPEST: usize = 96;

/// A JSON value at the start of a text.
#[derive(Debug)]
pub(super) struct LooseJson {
    /// The value.
    pub(super) value: Value,
    /// The byte position of its end.
    pub(super) end: usize,
    /// The repairs, each of them once.
    pub(super) repairs: Vec<&'static str>,
    /// Whether the text ended inside the value.
    pub(super) cut: bool,
}

impl LooseJson {
    /// Whether the whole text is this value, written in correct JSON.
    pub(super) fn is_strict(&self, text: &str) -> bool {
        self.repairs.is_empty() && text[self.end..].trim().is_empty()
    }
}

/// Reads the value at the start of a text. `None` if no value can be recognized.
pub(super) fn parse(text: &str) -> Option<LooseJson> {
    let mut parser = Parser {
        text,
        at: 0,
        repairs: Vec::new(),
        cut: false,
    };
    let value = parser.value(JsonPosition::Top, 0)?;
    Some(LooseJson {
        value,
        end: parser.at,
        repairs: parser.repairs,
        cut: parser.cut,
    })
}

/// The content of a text that is exactly one correct JSON string.
pub(super) fn quoted(text: &str) -> Option<String> {
    if !text.starts_with('"') || text.len() < 2 {
        return None;
    }
    let parsed = parse(text)?;
    match parsed.is_strict(text) {
        true => parsed.value.as_str().map(str::to_owned),
        false => None,
    }
}

/// The position of a text or word in the JSON. It determines what may follow.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum JsonPosition {
    Top,
    Item,
    Key,
    Entry,
}

pub(super) struct Parser<'a> {
    pub(super) text: &'a str,
    pub(super) at: usize,
    repairs: Vec<&'static str>,
    pub(super) cut: bool,
}

impl<'a> Parser<'a> {
    pub(super) fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    pub(super) fn step(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.at += next.len_utf8();
        Some(next)
    }

    pub(super) fn repaired(&mut self, done: &'static str) {
        if !self.repairs.contains(&done) {
            self.repairs.push(done);
        }
    }

    /// Reports that the text ended too early, and gives up the unfinished value.
    pub(super) fn cut_off<T>(&mut self) -> Option<T> {
        self.cut = true;
        self.repaired("closed JSON that was cut off");
        None
    }

    fn value(&mut self, position: JsonPosition, depth: usize) -> Option<Value> {
        self.blanks();
        match self.peek()? {
            _ if depth > DEEPEST => None,
            '{' => self.object(depth),
            '[' => self.array(depth),
            quote if is_quote(quote) => self.string(position).map(Value::String),
            _ => self.word(position),
        }
    }

    fn array(&mut self, depth: usize) -> Option<Value> {
        self.step();
        let mut items = Vec::new();
        while self.has_next(']', !items.is_empty())? {
            match self.value(JsonPosition::Item, depth + 1) {
                Some(item) => items.push(item),
                None if self.cut => break,
                None => return None,
            }
        }
        Some(Value::Array(items))
    }

    fn object(&mut self, depth: usize) -> Option<Value> {
        self.step();
        let mut entries = Map::new();
        while self.has_next('}', !entries.is_empty())? {
            match self.entry(depth) {
                Some((key, value)) => {
                    if entries.insert(key, value).is_some() {
                        self.repaired("kept the last of several values for one key");
                    }
                }
                None if self.cut => break,
                None => return None,
            }
        }
        Some(Value::Object(entries))
    }

    fn entry(&mut self, depth: usize) -> Option<(String, Value)> {
        let key = match self.peek()? {
            quote if is_quote(quote) => self.string(JsonPosition::Key)?,
            _ => self.bare_key()?,
        };
        self.blanks();
        match self.peek() {
            Some(':') => self.step(),
            Some(_) => return None,
            None => return self.cut_off(),
        };
        self.blanks();
        if self.peek().is_none() {
            return self.cut_off();
        }
        Some((key, self.value(JsonPosition::Entry, depth + 1)?))
    }

    /// Steps to the next item, or over the end. `None` if neither can be recognized.
    fn has_next(&mut self, close: char, some_before: bool) -> Option<bool> {
        let comma = self.commas(some_before);
        match self.peek() {
            None => {
                let _ = self.cut_off::<()>();
                Some(false)
            }
            Some(next) if next == close => {
                self.step();
                if comma {
                    self.repaired("removed an extra comma");
                }
                Some(false)
            }
            Some(']' | '}') => None,
            Some(_) if comma || !some_before => Some(true),
            Some(next) if is_quote(next) || matches!(next, '{' | '[') => {
                self.repaired("added a missing comma");
                Some(true)
            }
            Some(_) => None,
        }
    }

    /// Steps over commas. Returns whether there were any.
    fn commas(&mut self, some_before: bool) -> bool {
        let mut count = 0;
        loop {
            self.blanks();
            if self.peek() != Some(',') {
                break;
            }
            self.step();
            count += 1;
        }
        if count > usize::from(some_before) {
            self.repaired("removed an extra comma");
        }
        count > 0
    }

    /// Steps over blanks and comments.
    fn blanks(&mut self) {
        loop {
            let rest = self.rest();
            let trimmed = rest.trim_start_matches([' ', '\t', '\n', '\r', '\u{feff}', '\u{a0}']);
            self.at += rest.len() - trimmed.len();
            let length = match trimmed {
                text if text.starts_with("//") || text.starts_with('#') => text.find('\n'),
                text if text.starts_with("/*") => text.find("*/").map(|end| end + 2),
                _ => return,
            };
            self.at += length.unwrap_or(trimmed.len());
            self.repaired("removed a comment");
        }
    }
}

pub(super) const fn is_quote(c: char) -> bool {
    matches!(c, '"' | '\'' | '“' | '”' | '‘' | '`')
}
