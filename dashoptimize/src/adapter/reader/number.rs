//! Numbers in text. A number is extracted from a sentence only if the sentence holds one number and
//! nothing that could change its meaning: `8/10`, `3 of 10`, `10k` and `at least 5` are rejected,
//! because every interpretation of them is a guess.

use std::borrow::Cow;
use std::ops::RangeInclusive;

use serde_json::{Number, Value};

use super::loose_words::json_number;
use super::number_words;
use super::output_reader::OutputReader;
use crate::adapter::spelling::brief;
use crate::signature::{Ty, ValueError};

/// A longer text is likely to be prose about numbers.
const LONGEST_TEXT: usize = 200;

/// The largest whole number up to which a float holds all whole numbers exactly.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// A whole number within the bounds of its type.
pub(super) fn int(reader: &mut OutputReader<'_>, ty: &Ty, text: &str) -> Result<Value, ValueError> {
    if let Some(number) = json_number(text).filter(|number| !number.is_f64()) {
        let value = Value::Number(number);
        return ty.check(&value).map(|()| value);
    }
    let written = written(&narrow(text), ty.in_words())?;
    let value = whole(&written).ok_or_else(|| mismatch(ty.in_words(), text))?;
    ty.check(&value)?;
    reader.repaired(took(&value, text));
    Ok(value)
}

/// A whole number, written as `42` or as `42.0`.
pub(super) fn whole(written: &WrittenNumber) -> Option<Value> {
    match json_number(&written.digits)? {
        number if !number.is_f64() => Some(Value::Number(number)),
        number => number
            .as_f64()
            .filter(|number| number.fract() == 0.0 && number.abs() < EXACT)
            .map(|number| Value::from(number as i64)),
    }
}

/// A number. `85%` is read as 0.85 or as 85, depending on the range that the signature states, and is
/// rejected without a range.
pub(super) fn float(reader: &mut OutputReader<'_>, text: &str) -> Result<Value, ValueError> {
    if let Some(number) = json_number(text).and_then(|value| value.as_f64()) {
        return finite(number, text);
    }
    let written = written(&narrow(text), Ty::Float.in_words())?;
    let number = json_number(&written.digits).and_then(|value| value.as_f64());
    let mut number = number.ok_or_else(|| mismatch(Ty::Float.in_words(), text))?;
    if written.percent {
        number = percent(number, reader.range, text)?;
    }
    let value = finite(number, text)?;
    reader.repaired(took(&value, text));
    Ok(value)
}

/// A text with its full-width digits and signs as ASCII.
fn narrow(text: &str) -> Cow<'_, str> {
    const WIDE: RangeInclusive<char> = '！'..='～';
    const OFFSET: u32 = '！' as u32 - '!' as u32;
    if !text.contains(|c| WIDE.contains(&c)) {
        return Cow::Borrowed(text);
    }
    let narrow = |c: char| match WIDE.contains(&c) {
        true => char::from_u32(u32::from(c) - OFFSET).unwrap_or(c),
        false => c,
    };
    text.chars().map(narrow).collect()
}

fn finite(number: f64, text: &str) -> Result<Value, ValueError> {
    let number = Number::from_f64(number).map(Value::Number);
    number.ok_or_else(|| mismatch("a finite number", text))
}

fn percent(number: f64, range: Option<(f64, f64)>, text: &str) -> Result<f64, ValueError> {
    let fits = |number: f64| range.is_some_and(|(min, max)| (min..=max).contains(&number));
    match (fits(number / 100.0), fits(number)) {
        _ if number == 0.0 => Ok(0.0),
        (true, false) => Ok(number / 100.0),
        (false, true) => Ok(number),
        _ => Err(ValueError::new(format!(
            "must be a plain number, not the percentage {}",
            brief(text)
        ))),
    }
}

fn took(value: &Value, text: &str) -> String {
    format!("extracted the number {value} from {}", brief(text))
}

fn mismatch(wanted: &str, text: &str) -> ValueError {
    ValueError::mismatch(wanted, &text.into())
}

/// A number as it is written in a text.
#[derive(Debug, PartialEq)]
pub(super) struct WrittenNumber {
    /// The number as JSON spells it.
    digits: String,
    /// Whether a percent sign follows.
    percent: bool,
}

impl WrittenNumber {
    /// A number as JSON spells it.
    pub(super) const fn json(digits: String) -> Self {
        Self {
            digits,
            percent: false,
        }
    }
}

/// The only number in a text.
fn written(text: &str, wanted: &str) -> Result<WrittenNumber, ValueError> {
    let bare = text.trim_matches(|c: char| !c.is_alphanumeric());
    if let Some(small) = number_words::small(bare) {
        return Ok(WrittenNumber::json(small.to_string()));
    }
    if text.len() > LONGEST_TEXT {
        return Err(mismatch(wanted, text));
    }
    let mut found: Vec<WrittenNumber> = Vec::new();
    let mut at = 0;
    while let Some((written, end)) = next(text, at).map_err(|problem| refuse(problem, text))? {
        at = end;
        if !found.contains(&written) {
            found.push(written);
        }
    }
    match (found.pop(), found.is_empty()) {
        (None, _) => Err(mismatch(wanted, text)),
        (Some(_), false) => Err(refuse("holds several numbers", text)),
        (Some(written), true) => match number_words::change(text) {
            Some(word) => Err(refuse(&format!("holds `{word}` beside a number"), text)),
            None => Ok(written),
        },
    }
}

fn refuse(problem: &str, text: &str) -> ValueError {
    ValueError::new(format!(
        "must be one plain number, but {} {problem}",
        brief(text)
    ))
}

/// The next number from byte `at` on, and its end. Digits in a word such as `GPT4` are not a number.
fn next(text: &str, mut at: usize) -> Result<Option<(WrittenNumber, usize)>, &'static str> {
    loop {
        let Some(found) = text[at..].find(|c: char| c.is_ascii_digit()) else {
            return Ok(None);
        };
        let mut start = at + found;
        let mut before = text[..start].chars().next_back();
        if before == Some('.') && !text[..start - 1].ends_with(|c: char| c.is_ascii_digit()) {
            start -= 1;
            before = text[..start].chars().next_back();
        }
        let end = number_end(text, start);
        if before.is_some_and(|c| c.is_alphanumeric() || c == '_') {
            at = end;
            continue;
        }
        let negative = is_negative(&text[..start])?;
        let percent = follows(&text[start..end], &text[end..])?;
        let digits = spelled(&text[start..end], negative);
        return Ok(Some((WrittenNumber { digits, percent }, end)));
    }
}

/// The end of the number that starts here: digits, also in groups of three, a fraction, an exponent.
fn number_end(text: &str, start: usize) -> usize {
    let bytes = text.as_bytes();
    let digits = |from: usize| {
        from + bytes[from..]
            .iter()
            .take_while(|b| b.is_ascii_digit())
            .count()
    };
    let mut end = digits(start);
    if (1..=3).contains(&(end - start)) {
        // The groups of one number have one sign between them.
        if let Some(sign @ (b',' | b'_')) = bytes.get(end) {
            while bytes.get(end) == Some(sign) && digits(end + 1) == end + 4 {
                end += 4;
            }
        }
    }
    if bytes.get(end) == Some(&b'.') && digits(end + 1) > end + 1 {
        end = digits(end + 1);
    }
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
        let exponent = (end + 1 + sign).min(bytes.len());
        if digits(exponent) > exponent {
            end = digits(exponent);
        }
    }
    end
}

fn spelled(written: &str, negative: bool) -> String {
    let sign = if negative { "-" } else { "" };
    let digits = written.replace([',', '_'], "");
    let whole = digits.trim_start_matches('0');
    let zero = if whole.starts_with(|c: char| c.is_ascii_digit()) {
        ""
    } else {
        "0"
    };
    format!("{sign}{zero}{whole}")
}

/// Whether the number that follows this text has a minus sign. `- 5` may be an item of a list.
fn is_negative(before: &str) -> Result<bool, &'static str> {
    const DASHES: [char; 3] = ['-', '−', '–'];
    let before = before.trim_end_matches(['$', '€', '£', '¥']);
    let touching = before.trim_end();
    if touching.ends_with(['<', '>', '≤', '≥', '±', '/', '^', '×', '÷', '√']) {
        return Err("holds a sign before a number that could change it");
    }
    let plus = touching.strip_suffix('+');
    let Some(rest) = plus.or_else(|| touching.strip_suffix(DASHES)) else {
        return Ok(false);
    };
    let apart = touching.len() < before.len();
    match rest.trim_end().chars().next_back() {
        Some('+') => Err("holds several signs before a number"),
        Some(c) if DASHES.contains(&c) => Err("holds several signs before a number"),
        Some(c) if plus.is_some() && (c.is_alphanumeric() || c == ')') => {
            Err("holds a sum and not a number")
        }
        _ if plus.is_some() => Ok(false),
        _ if apart => Err("holds a dash before a number"),
        Some(c) if c.is_alphanumeric() && rest.ends_with(c) => Err("holds a dash before a number"),
        _ => Ok(true),
    }
}

/// Whether a percent sign follows the number. Anything that could change the number is an error, and so
/// is a number of another base, such as `0x2A`, or one that is not finished, such as `1e`.
fn follows(number: &str, after: &str) -> Result<bool, &'static str> {
    const SCALES: [&str; 9] = ["k", "m", "mn", "b", "bn", "t", "tn", "g", "x"];
    let unit: String = after.chars().take_while(|c| c.is_alphanumeric()).collect();
    let other_base = number == "0" && unit.starts_with(['x', 'X', 'o', 'O', 'b', 'B']);
    if SCALES.contains(&unit.to_lowercase().as_str())
        || unit.contains(char::is_numeric)
        || unit.eq_ignore_ascii_case("e")
        || after.starts_with('_')
        || other_base
    {
        return Err("holds a number with a letter or sign that could change it");
    }
    let next = after.trim_start();
    let word: String = next.chars().take_while(|c| c.is_alphabetic()).collect();
    if next.starts_with(['/', '^', '×', '÷', '±', '*', '½', '¼', '¾', '+'])
        && !next.starts_with("**")
    {
        return Err("holds a sign after a number that could change it");
    }
    Ok(next.starts_with('%') || word.eq_ignore_ascii_case("percent"))
}
