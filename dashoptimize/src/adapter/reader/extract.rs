//! JSON inside other text.

use super::effort::Effort;
use super::loose_json::{LooseJson, parse};

/// A value in a text.
#[derive(Debug)]
pub(super) struct EmbeddedJson<'a> {
    /// The position where it starts.
    pub(super) start: usize,
    /// The position where it ends.
    pub(super) end: usize,
    /// The value and the repairs inside it.
    pub(super) loose: LooseJson<'a>,
    /// How it was extracted, unless it is the whole text.
    pub(super) done: Option<&'static str>,
}

/// The JSON values in a text, in order.
pub(super) struct JsonValues<'a, 'o> {
    text: &'a str,
    opens: &'o [char],
    effort: &'o Effort,
    from: usize,
    last_start: usize,
}

impl<'a, 'o> JsonValues<'a, 'o> {
    /// The values that open with one of these characters. A quote counts only at the start of the text,
    /// because inside a text it does not mean JSON.
    pub(super) const fn new(text: &'a str, opens: &'o [char], effort: &'o Effort) -> Self {
        Self {
            text,
            opens,
            effort,
            from: 0,
            last_start: 0,
        }
    }

    /// Continues inside the last value, which was not what it looked like, and not after it.
    pub(super) const fn enter(&mut self) {
        self.from = self.last_start + 1;
    }

    /// The position where a value may open.
    fn place(&mut self) -> Option<usize> {
        let start = self.text.len() - self.text.trim_start().len();
        loop {
            let found = self.text.get(self.from..)?.find(self.opens)?;
            let at = self.from + found;
            self.effort.spend(found + 1);
            self.from = at + 1;
            if at == start || !self.text[at..].starts_with('"') {
                return Some(at);
            }
        }
    }
}

impl<'a> Iterator for JsonValues<'a, '_> {
    type Item = EmbeddedJson<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.effort.is_spent() {
            let start = self.place()?;
            let Some(loose) = parse(&self.text[start..], self.effort) else {
                continue;
            };
            let end = start + loose.end;
            self.last_start = start;
            self.from = end.max(start + 1);
            return Some(EmbeddedJson {
                start,
                end,
                loose,
                done: around(&self.text[..start], &self.text[end..]),
            });
        }
        None
    }
}

/// How a value was extracted from the text around it. `None` if there is none.
fn around(before: &str, after: &str) -> Option<&'static str> {
    let (before, after) = (before.trim_start(), after.trim());
    if before.is_empty() && after.is_empty() {
        return None;
    }
    let opened = before.strip_prefix("```");
    let fenced = opened.is_some_and(|info| info.trim().chars().all(char::is_alphanumeric))
        && matches!(after, "```" | "");
    Some(match fenced {
        true => "extracted the JSON from its code fence",
        false => "extracted the JSON from the surrounding text",
    })
}
