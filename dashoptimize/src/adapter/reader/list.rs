//! Lists written as text: JSON, bullets, numbered lines, or short items separated by commas.

use serde_json::Value;

use super::extract;
use super::output_reader::OutputReader;
use crate::adapter::spelling::means_nothing;
use crate::signature::{Ty, ValueError};

/// The most words of an item in a list without bullets. A longer item may be a sentence with a comma.
const MOST_WORDS: usize = 5;

impl OutputReader {
    pub(super) fn list_text(
        &mut self,
        ty: &Ty,
        item: &Ty,
        text: &str,
    ) -> Result<Value, ValueError> {
        if text.is_empty() {
            return Err(ValueError::new("is empty; an empty list is written []"));
        }
        if means_nothing(text) {
            self.repaired("read no value as an empty list");
            return Ok(Value::Array(Vec::new()));
        }
        let opens: &[char] = if is_object(item) { &['[', '{'] } else { &['['] };
        if let Some(read) = self.attempt(|reader| reader.extracted(ty, opens, text)) {
            return read;
        }
        let (items, done) =
            split(item, text).ok_or_else(|| ValueError::mismatch("a JSON list", &text.into()))?;
        self.repaired(done);
        let items = items.into_iter().enumerate();
        items
            .map(|(index, text)| self.text(item, text).map_err(|error| error.in_item(index)))
            .collect::<Result<Vec<_>, _>>()
            .map(Value::Array)
    }

    /// The JSON in a text, as a value of the type. `None` if the text contains no JSON.
    pub(super) fn extracted(
        &mut self,
        ty: &Ty,
        opens: &[char],
        text: &str,
    ) -> Option<Result<Value, ValueError>> {
        let found = extract::values(text, opens).next()?;
        found.done.into_iter().for_each(|done| self.repaired(done));
        found
            .loose
            .repairs
            .iter()
            .for_each(|done| self.repaired(*done));
        Some(self.json(ty, found.loose.value))
    }
}

fn is_object(ty: &Ty) -> bool {
    matches!(ty, Ty::Struct(_) | Ty::Map(_))
}

/// The items of a list without brackets, and what was done to read them.
fn split<'a>(item: &Ty, text: &'a str) -> Option<(Vec<&'a str>, &'static str)> {
    let lines: Vec<&str> = text
        .lines()
        .map(str::trim)
        .filter(|l| !l.is_empty())
        .collect();
    let bullets: Option<Vec<&str>> = lines.iter().map(|line| after_bullet(line)).collect();
    if let Some(items) = bullets {
        return Some((items, "read the lines under bullets as a list"));
    }
    let scalar = matches!(
        item,
        Ty::Str | Ty::Int { .. } | Ty::Float | Ty::Bool | Ty::Enum(_)
    );
    if !scalar {
        return None;
    }
    if lines.len() > 1 {
        let done = "read the lines as a list";
        return lines
            .iter()
            .all(|line| is_short(line))
            .then_some((lines, done));
    }
    let items: Vec<&str> = text
        .trim_end_matches('.')
        .split(',')
        .map(str::trim)
        .collect();
    let clear = items.iter().all(|item| is_short(item) && !is_joined(item));
    clear.then_some((items, "read the values between commas as a list"))
}

/// The text after `-`, `*`, `•`, `+`, `1.` or `1)` and a blank.
fn after_bullet(line: &str) -> Option<&str> {
    let sign = line.strip_prefix(['-', '*', '•', '+']);
    let numbered = || {
        let rest = line.trim_start_matches(|c: char| c.is_ascii_digit());
        Some(rest)
            .filter(|rest| rest.len() < line.len())?
            .strip_prefix(['.', ')'])
    };
    let rest = sign.or_else(numbered)?;
    rest.starts_with(char::is_whitespace).then(|| rest.trim())
}

fn is_short(item: &str) -> bool {
    let words = item.split_whitespace().count();
    (1..=MOST_WORDS).contains(&words) && !item.contains([',', ';', '!', '?', '['])
}

/// Whether an item may be two items, as in `a, b and c`.
fn is_joined(item: &str) -> bool {
    let mut words = item.split_whitespace();
    words.any(|word| {
        ["and", "or", "&"]
            .iter()
            .any(|joint| word.eq_ignore_ascii_case(joint))
    })
}
