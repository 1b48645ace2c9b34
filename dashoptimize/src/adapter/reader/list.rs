//! Lists written as text: JSON, bullets, numbered lines, or short items separated by commas.

use serde_json::Value;

use super::denial;
use super::extract::{EmbeddedJson, JsonValues};
use super::loose_json;
use super::output_reader::OutputReader;
use super::token::tokens;
use super::written_json::Shape;
use crate::adapter::spelling::means_nothing;
use crate::signature::{Ty, ValueError};

/// The most words of an item in a list without bullets. A longer item may be a sentence with a comma.
const MOST_WORDS: usize = 5;

/// How much a list in a text looks like the one that is meant. Of the lists that look most like it, the
/// last one counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum ListLook {
    /// Words or numbers in brackets, which may be a list.
    Loose,
    /// Items of the right type, in quotes or brackets where they need them.
    Typed,
    /// Nothing but the list is written.
    Alone,
}

impl OutputReader<'_> {
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
        if let Some(read) = self.attempt(|reader| reader.tuple(ty, text)) {
            return Ok(read);
        }
        if let Some(read) = self.attempt(|reader| reader.list_in(ty, item, text)) {
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

    /// A text that is a tuple or a set as Python writes it.
    fn tuple(&mut self, ty: &Ty, text: &str) -> Option<Value> {
        let inside = match text.strip_prefix('(') {
            Some(rest) => rest.strip_suffix(')'),
            None => text
                .strip_prefix('{')
                .and_then(|rest| rest.strip_suffix('}')),
        }?;
        let list = format!("[{inside}]");
        let parsed =
            loose_json::parse(&list, self.effort).filter(|parsed| parsed.is_whole(&list))?;
        let quoted = inside.trim_start().starts_with(['"', '\'']);
        let several = matches!(&parsed.value.shape, Shape::List(items) if items.len() > 1);
        if !quoted && !several {
            return None;
        }
        self.repaired("read a tuple as a list");
        let done = parsed.repairs.iter();
        done.for_each(|done| self.repaired(*done));
        self.json(ty, &parsed.value).ok()
    }

    /// The list in a text. `None` if the text contains none: brackets in prose are not lists.
    fn list_in(&mut self, ty: &Ty, item: &Ty, text: &str) -> Option<Result<Value, ValueError>> {
        let opens: &[char] = if is_object(item) { &['[', '{'] } else { &['['] };
        let mut best: Option<(ListLook, Result<Value, ValueError>, Vec<String>)> = None;
        let mut values = JsonValues::new(text, opens, self.effort);
        while let Some(found) = values.next() {
            if found.loose.cut {
                // A bracket of the prose before the list may never be closed.
                values.enter();
            }
            let done = self.take_repairs();
            found.done.into_iter().for_each(|done| self.repaired(done));
            let loose = found.loose.repairs.iter();
            loose.for_each(|done| self.repaired(*done));
            let before = self.repair_count();
            let read = self.json(ty, &found.loose.value);
            let typed = read.is_ok() && self.repair_count() == before;
            let repairs = self.replace_repairs(done);
            if let Some(look) = look(&found, text, typed)
                && best
                    .as_ref()
                    .is_none_or(|(best, before, _)| (read.is_ok(), look) >= (before.is_ok(), *best))
            {
                best = Some((look, read, repairs));
            }
        }
        let (_, read, repairs) = best?;
        repairs.into_iter().for_each(|done| self.repaired(done));
        Some(read)
    }

    /// The JSON object in a text, as a value of the type: the last one that can be read. `None` if the
    /// text contains none.
    pub(super) fn extracted(
        &mut self,
        ty: &Ty,
        opens: &[char],
        text: &str,
    ) -> Option<Result<Value, ValueError>> {
        let mut best: Option<(Result<Value, ValueError>, Vec<String>)> = None;
        let mut values = JsonValues::new(text, opens, self.effort);
        while let Some(found) = values.next() {
            let done = self.take_repairs();
            found.done.into_iter().for_each(|done| self.repaired(done));
            let loose = found.loose.repairs.iter();
            loose.for_each(|done| self.repaired(*done));
            let read = self.json(ty, &found.loose.value);
            let repairs = self.replace_repairs(done);
            if read.is_err() && !found.loose.repairs.is_empty() {
                values.enter();
            }
            if read.is_ok() || best.is_none() {
                best = Some((read, repairs));
            }
        }
        let (read, repairs) = best?;
        repairs.into_iter().for_each(|done| self.repaired(done));
        Some(read)
    }
}

/// How much a list in a text looks like the one that is meant. `None` for brackets of prose, such as the
/// number of a source, a link, or `[sic]`.
fn look(found: &EmbeddedJson<'_>, text: &str, typed: bool) -> Option<ListLook> {
    if found.done != Some("extracted the JSON from the surrounding text") {
        return Some(ListLook::Alone);
    }
    let (before, after) = (text[..found.start].trim_end(), &text[found.end..]);
    let only = match &found.loose.value.shape {
        Shape::List(items) if items.len() == 1 => items.first(),
        _ => None,
    };
    let is_word = only.is_some_and(|only| match &only.shape {
        Shape::Text { .. } => !only.as_written().starts_with(loose_json::is_quote),
        Shape::List(_) | Shape::Object(_) => false,
        _ => true,
    });
    if after.starts_with('(') || (is_word && !is_announced(before, after)) {
        return None;
    }
    match typed && !is_word {
        true => Some(ListLook::Typed),
        false => Some(ListLook::Loose),
    }
}

/// Whether the text before a list says that it comes: `The ids are: [7]`.
fn is_announced(before: &str, after: &str) -> bool {
    let ends = after.trim_start_matches([' ', '\t']);
    let ends = ends.is_empty() || ends.starts_with(['.', '\n', '\r', '}', ',', ';', '!']);
    let ends_with_word = |word: &str| {
        let rest = before.strip_suffix(word);
        rest.is_some_and(|rest| rest.is_empty() || rest.ends_with(char::is_whitespace))
    };
    let announced = before.is_empty()
        || before.ends_with(':')
        || ["is", "are", "="].into_iter().any(ends_with_word);
    ends && announced
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
        let is_item = |line: &&str| is_short(line) && after_bullet(line).is_none();
        return lines.iter().all(is_item).then_some((lines, done));
    }
    let items: Vec<&str> = text
        .trim_end_matches('.')
        .split(',')
        .map(str::trim)
        .collect();
    let clear = items.iter().all(|item| is_short(item) && !is_joined(item));
    if matches!((&*items, item), ([only], Ty::Str) if says_nothing(only)) {
        return None;
    }
    clear.then_some((items, "read the values between commas as a list"))
}

/// Whether the only item of a list is a sentence that says that there is none: `There are no items`.
fn says_nothing(only: &str) -> bool {
    let words = tokens(only);
    let nothing = words
        .first()
        .is_some_and(|first| first.is_any(&["nothing"]));
    nothing || denial::is_denied(&words, &[])
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

/// Whether a text is short, and neither a sentence nor a part of something in brackets. `Colours: red`
/// is the title of a list and its first item.
fn is_short(item: &str) -> bool {
    let words = item.split_whitespace().count();
    (1..=MOST_WORDS).contains(&words)
        && !item.contains([',', ';', '!', '?', '[', ']', '{', '}', '"'])
        && !item.contains(": ")
        && !item.ends_with(':')
        && item.contains('(') == item.contains(')')
        && !item.starts_with('(')
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
