//! JSON as models write it. Correct JSON is read as itself; what is broken in one of the usual ways is
//! read as it was meant, and the parser says which ways those were.

use serde_json::{Map, Value};

/// Deepest nesting. It keeps a hostile reply from exhausting the stack.
const DEEPEST: usize = 96;

/// A JSON value at the start of a text.
#[derive(Debug)]
pub(super) struct Loose {
    /// The value.
    pub(super) value: Value,
    /// Where it ends, in bytes.
    pub(super) end: usize,
    /// What was set right, each once.
    pub(super) repairs: Vec<&'static str>,
    /// Whether the text ended within the value.
    pub(super) cut: bool,
}

impl Loose {
    /// Whether the whole text is the value, and correct JSON.
    pub(super) fn is_strict(&self, text: &str) -> bool {
        self.repairs.is_empty() && text[self.end..].trim().is_empty()
    }
}

/// Reads the value at the start of a text. `None` where none can be made out.
pub(super) fn parse(text: &str) -> Option<Loose> {
    let mut parser = Parser {
        text,
        at: 0,
        repairs: Vec::new(),
        cut: false,
    };
    let value = parser.value(Place::Top, 0)?;
    Some(Loose {
        value,
        end: parser.at,
        repairs: parser.repairs,
        cut: parser.cut,
    })
}

/// Where a value stands: what may follow it depends on that.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
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

    /// Notes that the text ended too early, and gives up what was begun.
    pub(super) fn cut_off<T>(&mut self) -> Option<T> {
        self.cut = true;
        self.repaired("closed JSON that was cut off");
        None
    }

    fn value(&mut self, place: Place, depth: usize) -> Option<Value> {
        self.blanks();
        match self.peek()? {
            _ if depth > DEEPEST => None,
            '{' => self.object(depth),
            '[' => self.array(depth),
            quote if is_quote(quote) => self.string(place).map(Value::String),
            _ => self.word(place),
        }
    }

    fn array(&mut self, depth: usize) -> Option<Value> {
        self.step();
        let mut items = Vec::new();
        while self.goes_on(']', !items.is_empty())? {
            match self.value(Place::Item, depth + 1) {
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
        while self.goes_on('}', !entries.is_empty())? {
            match self.entry(depth) {
                Some((key, value)) => {
                    if entries.insert(key, value).is_some() {
                        self.repaired("kept the last of several values of one key");
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
            quote if is_quote(quote) => self.string(Place::Key)?,
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
        Some((key, self.value(Place::Entry, depth + 1)?))
    }

    /// Steps to the next item or over the end. `None` where neither can be made out.
    fn goes_on(&mut self, close: char, some_before: bool) -> Option<bool> {
        let comma = self.commas(some_before);
        match self.peek() {
            None => {
                let _ = self.cut_off::<()>();
                Some(false)
            }
            Some(next) if next == close => {
                self.step();
                if comma {
                    self.repaired("dropped a comma too many");
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

    /// Steps over commas, and says whether there were any.
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
            self.repaired("dropped a comma too many");
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
            self.repaired("dropped a comment");
        }
    }
}

pub(super) const fn is_quote(c: char) -> bool {
    matches!(c, '"' | '\'' | '“' | '”' | '‘' | '`')
}
