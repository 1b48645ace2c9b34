//! JSON as models write it. Correct JSON is read as it is. JSON with one of the usual mistakes is read
//! as it was meant, and the parser reports the repairs.

use std::borrow::Cow;

use super::effort::Effort;
use super::written_json::{Entries, Shape, WrittenJson};

/// The deepest nesting. The limit prevents a malicious reply from exhausting the stack.
const DEEPEST: usize = 96;

/// A JSON value at the start of a text.
#[derive(Debug)]
pub(super) struct LooseJson<'a> {
    /// The value.
    pub(super) value: WrittenJson<'a>,
    /// The byte position of its end.
    pub(super) end: usize,
    /// The repairs, each of them once.
    pub(super) repairs: Vec<&'static str>,
    /// Whether the text ended inside the value.
    pub(super) cut: bool,
}

impl LooseJson<'_> {
    /// Whether the whole text is this value, written in correct JSON.
    pub(super) fn is_strict(&self, text: &str) -> bool {
        self.repairs.is_empty() && self.is_whole(text)
    }

    /// Whether the whole text is this value.
    pub(super) fn is_whole(&self, text: &str) -> bool {
        text[self.end..].trim().is_empty()
    }
}

/// Reads the value at the start of a text. `None` if no value can be recognized, or if the effort is
/// spent.
pub(super) fn parse<'a>(text: &'a str, effort: &Effort) -> Option<LooseJson<'a>> {
    if effort.is_spent() {
        return None;
    }
    let mut parser = Parser {
        text,
        at: 0,
        list_end: ']',
        repairs: Vec::new(),
        cut: false,
        effort,
    };
    let value = parser.value(JsonPosition::Top, 0);
    effort.spend(parser.at + 1);
    Some(LooseJson {
        value: value?,
        end: parser.at,
        repairs: parser.repairs,
        cut: parser.cut,
    })
}

/// The content of a text that is exactly one correct JSON string.
pub(super) fn quoted<'a>(text: &'a str, effort: &Effort) -> Option<Cow<'a, str>> {
    if !text.starts_with('"') || text.len() < 2 {
        return None;
    }
    let parsed = parse(text, effort)?;
    match (parsed.is_strict(text), parsed.value.shape) {
        (true, Shape::Text { text, .. }) => Some(text),
        _ => None,
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

pub(super) struct Parser<'a, 'e> {
    pub(super) text: &'a str,
    pub(super) at: usize,
    /// The sign that closes the innermost list.
    pub(super) list_end: char,
    repairs: Vec<&'static str>,
    pub(super) cut: bool,
    effort: &'e Effort,
}

impl<'a> Parser<'a, '_> {
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

    /// Counts bytes that are looked at ahead of the position.
    pub(super) fn looked_ahead(&self, bytes: usize) {
        self.effort.spend(bytes);
    }

    /// The rest of a text. What stands before it counts as looked at.
    pub(super) fn ahead<'t>(&self, text: &str, rest: &'t str) -> &'t str {
        self.looked_ahead(text.len() - rest.len());
        rest
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

    fn value(&mut self, position: JsonPosition, depth: usize) -> Option<WrittenJson<'a>> {
        self.blanks();
        let start = self.at;
        let shape = match self.peek()? {
            _ if depth > DEEPEST => {
                self.effort.too_deep();
                return None;
            }
            '{' => self.object(depth)?,
            '[' => self.array(']', depth)?,
            '(' if self.opens_tuple() => {
                self.repaired("read a tuple as a list");
                self.array(')', depth)?
            }
            quote if is_quote(quote) => {
                let text = self.string(position)?;
                Shape::Text {
                    text,
                    cut: self.cut,
                }
            }
            _ => self.word(position)?,
        };
        let written = self.text[start..self.at].trim_end();
        Some(WrittenJson::new(shape, written))
    }

    /// Whether a parenthesis opens a tuple as Python writes it: its first item is in quotes, a number or
    /// itself in brackets.
    fn opens_tuple(&self) -> bool {
        let inside = &self.rest()[1..];
        let inside = self.ahead(inside, inside.trim_start_matches([' ', '\t', '\n', '\r']));
        inside
            .starts_with(|c: char| matches!(c, '"' | '\'' | '[' | '{' | '-') || c.is_ascii_digit())
    }

    fn array(&mut self, close: char, depth: usize) -> Option<Shape<'a>> {
        let outer = std::mem::replace(&mut self.list_end, close);
        let items = self.items(close, depth);
        self.list_end = outer;
        items.map(Shape::List)
    }

    fn items(&mut self, close: char, depth: usize) -> Option<Vec<WrittenJson<'a>>> {
        self.step();
        let mut items = Vec::new();
        while self.has_next(close, !items.is_empty())? {
            match self.value(JsonPosition::Item, depth + 1) {
                Some(item) => items.push(item),
                None if self.cut => break,
                None => return None,
            }
        }
        Some(items)
    }

    fn object(&mut self, depth: usize) -> Option<Shape<'a>> {
        self.step();
        let mut entries = Entries::new();
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
        Some(Shape::Object(entries))
    }

    fn entry(&mut self, depth: usize) -> Option<(Cow<'a, str>, WrittenJson<'a>)> {
        let start = self.at;
        let key = match self.peek()? {
            quote if is_quote(quote) => self.string(JsonPosition::Key)?,
            _ => Cow::Borrowed(self.bare_key()?),
        };
        // A text that merely begins with a brace and a quote.
        if self.text[start..self.at].contains('\n') {
            return None;
        }
        self.blanks();
        match self.peek() {
            Some(':') => self.step(),
            Some('：') => {
                self.repaired("replaced a colon of another script");
                self.step()
            }
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
        let next = self.rest().bytes().next();
        if next.is_some_and(|next| next.is_ascii_graphic() && !matches!(next, b'/' | b'#')) {
            return;
        }
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
