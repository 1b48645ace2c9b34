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
    around: Surroundings,
    from: usize,
    last_start: usize,
}

impl<'a, 'o> JsonValues<'a, 'o> {
    /// The values that open with one of these characters. A quote counts only at the start of the text,
    /// because inside a text it does not mean JSON.
    pub(super) fn new(text: &'a str, opens: &'o [char], effort: &'o Effort) -> Self {
        Self {
            text,
            opens,
            effort,
            around: Surroundings::of(text),
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
        loop {
            let found = self.text.get(self.from..)?.find(self.opens)?;
            let at = self.from + found;
            self.effort.spend(found + 1);
            self.from = at + 1;
            if at == self.around.start || !self.text[at..].starts_with('"') {
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
                done: self.around.extracted(start, end),
            });
        }
        None
    }
}

/// What is around the values of a text. It is looked at once, and not for each of the values.
struct Surroundings {
    /// Where the text starts and ends, without blanks.
    start: usize,
    end: usize,
    /// Where the code fence that opens the text may end at the latest, with its language.
    fence: Option<usize>,
    /// Where a code fence is closed at the end of the text, and where what it encloses ends.
    fence_end: Option<(usize, usize)>,
}

impl Surroundings {
    fn of(text: &str) -> Self {
        let start = text.len() - text.trim_start().len();
        let end = text.trim_end().len();
        let fence = text[start..].strip_prefix("```").map(|rest| {
            let rest = rest.trim_start().trim_start_matches(char::is_alphanumeric);
            text.len() - rest.trim_start().len()
        });
        let fence_end = text[..end]
            .strip_suffix("```")
            .map(|inside| (inside.len(), inside.trim_end().len()));
        Self {
            start,
            end,
            fence,
            fence_end,
        }
    }

    /// How the value between these positions was extracted. `None` if nothing is around it.
    fn extracted(&self, start: usize, end: usize) -> Option<&'static str> {
        if start <= self.start && end >= self.end {
            return None;
        }
        let opened = self.fence.is_some_and(|fence| start <= fence);
        let closes = |(fence, inside)| (inside..=fence).contains(&end);
        let closed = end >= self.end || self.fence_end.is_some_and(closes);
        Some(match opened && closed {
            true => "extracted the JSON from its code fence",
            false => "extracted the JSON from the surrounding text",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_around_a_value_is_named() {
        let fence = Some("extracted the JSON from its code fence");
        let text = Some("extracted the JSON from the surrounding text");
        for (before, after, expected) in [
            ("", "", None),
            (" \n", "\t ", None),
            ("```", "```", fence),
            ("```json\n", "\n```", fence),
            (" ```\njson \n", "\n", fence),
            ("``` json\n", "", fence),
            ("``` two words\n", "\n```", text),
            ("```json\n", "\n``` and more", text),
            ("```json\n", "\n````", text),
            ("```c++\n", "```", text),
            ("so: ", "", text),
            ("", ".", text),
            ("", "\n```", text),
        ] {
            let whole = format!("{before}{{}}{after}");
            let effort = Effort::for_length(whole.len());
            let found = JsonValues::new(&whole, &['{'], &effort).next();
            assert_eq!(found.and_then(|found| found.done), expected, "{whole}");
        }
    }
}
