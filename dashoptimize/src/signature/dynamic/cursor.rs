//! A position in the text of a signature.

use super::error::SpecError;

/// Reads one side of the arrow from left to right.
#[derive(Clone, Copy)]
pub(super) struct Cursor<'a> {
    spec: &'a str,
    at: usize,
    end: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(spec: &'a str, side: std::ops::Range<usize>) -> Self {
        Self {
            spec,
            at: side.start,
            end: side.end,
        }
    }

    pub(super) fn error(&self, at: usize, problem: impl Into<String>) -> SpecError {
        SpecError::new(self.spec, at, problem)
    }

    pub(super) fn at(&mut self) -> usize {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
        self.at
    }

    pub(super) fn at_end(&mut self) -> bool {
        self.at() == self.end
    }

    pub(super) fn peek(&mut self) -> Option<char> {
        self.at();
        self.rest().chars().next()
    }

    /// Steps over this character if it is the next one.
    pub(super) fn take(&mut self, wanted: char) -> bool {
        let found = self.peek() == Some(wanted);
        if found {
            self.at += wanted.len_utf8();
        }
        found
    }

    pub(super) fn expect(&mut self, wanted: char, context: &str) -> Result<(), SpecError> {
        if self.take(wanted) {
            return Ok(());
        }
        let at = self.at();
        let problem = match self.peek() {
            Some(found) => format!("expected `{wanted}` {context}, found `{found}`"),
            None => format!("`{wanted}` is missing {context}"),
        };
        Err(self.error(at, problem))
    }

    /// The trimmed text before the first of these characters, and its position.
    pub(super) fn until(&mut self, stops: &[char]) -> (usize, &'a str) {
        let at = self.at();
        let rest = self.rest();
        let length = rest.find(stops).unwrap_or(rest.len());
        self.at += length;
        (at, rest[..length].trim_end())
    }

    /// The letters, digits, `_`, `.`, `:` and `&` that come next, and their position.
    pub(super) fn word(&mut self) -> (usize, &'a str) {
        let at = self.at();
        let rest = self.rest();
        let in_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | ':' | '&');
        let length = rest.find(|c| !in_word(c)).unwrap_or(rest.len());
        self.at += length;
        (at, &rest[..length])
    }

    /// A text in single or double quotes.
    pub(super) fn quoted(&mut self) -> Result<&'a str, SpecError> {
        let at = self.at();
        let quote = match self.peek() {
            Some(quote @ ('"' | '\'')) => quote,
            _ => {
                let problem =
                    "a `Literal` is a list of texts in quotes, such as `Literal[\"yes\", \"no\"]`";
                return Err(self.error(at, problem));
            }
        };
        let inside = &self.rest()[1..];
        match inside.find(quote) {
            Some(length) => {
                self.at += length + 2;
                Ok(&inside[..length])
            }
            None => Err(self.error(at, "this quotation mark is never closed")),
        }
    }

    fn rest(&self) -> &'a str {
        &self.spec[self.at..self.end]
    }
}

/// The positions of the arrows that are not inside quotes.
pub(super) fn arrows(spec: &str) -> impl Iterator<Item = usize> + '_ {
    let mut quote = None;
    spec.char_indices().filter_map(move |(at, c)| {
        match quote {
            Some(open) if c == open => quote = None,
            None if matches!(c, '"' | '\'') => quote = Some(c),
            None if spec[at..].starts_with("->") => return Some(at),
            _ => {}
        }
        None
    })
}
