//! The texts, numbers and words of loosely written JSON.

use std::borrow::Cow;

use serde_json::Number;

use super::latex;
use super::loose_json::{JsonPosition, Parser, is_quote};
use super::written_json::Shape;

/// A text without the commas that it starts with: some models write too many.
fn after_commas(text: &str) -> &str {
    text.trim_start_matches(|c: char| c == ',' || c.is_whitespace())
}

/// Whether a word is the last three digits of a number whose digits are grouped, such as `1,000`, and no number
/// of its own.
fn is_end_of_number(before: &str, word: &str) -> bool {
    let grouped = before.strip_suffix(',');
    let after_digit = grouped.is_some_and(|start| start.ends_with(|c: char| c.is_ascii_digit()));
    after_digit && word.len() == 3 && word.bytes().all(|byte| byte.is_ascii_digit())
}

impl<'a> Parser<'a, '_> {
    /// A text in quotes of any kind, also in three quotes, or several texts joined by `+`.
    pub(super) fn string(&mut self, position: JsonPosition) -> Option<Cow<'a, str>> {
        let mut text = self.one_string(position)?;
        while !self.cut && position != JsonPosition::Key && self.is_joined() {
            self.repaired("joined texts with `+` between them");
            self.at += self.rest().len() - self.after_plus(self.rest())?.len();
            let next = self.one_string(position)?;
            text.to_mut().push_str(&next);
        }
        Some(text)
    }

    fn is_joined(&self) -> bool {
        let next = self.after_plus(self.rest());
        next.is_some_and(|next| next.starts_with(is_quote))
    }

    fn one_string(&mut self, position: JsonPosition) -> Option<Cow<'a, str>> {
        let open = self.step()?;
        if open != '"' {
            self.repaired("replaced the quotes around a text with double quotes");
        }
        if position != JsonPosition::Key
            && let Some(quotes) = triple(open)
            && self.rest().starts_with(&quotes[1..])
        {
            return self.in_three_quotes(quotes, position);
        }
        self.in_quotes(closing(open), position)
    }

    /// What follows a quote decides whether it closes the text or is an unescaped quote inside it.
    fn in_quotes(&mut self, close: char, position: JsonPosition) -> Option<Cow<'a, str>> {
        let mut text = Cow::Borrowed("");
        let mut quotes_inside = false;
        loop {
            let rest = self.rest();
            let special = |c: char| c == close || c == '\\' || c < ' ';
            let length = rest.find(special).unwrap_or(rest.len());
            push(&mut text, &rest[..length]);
            self.at += length;
            match self.step() {
                // It is impossible to tell which quote was the closing one.
                None if quotes_inside => return None,
                None if position == JsonPosition::Key => return self.cut_off(),
                None => {
                    let _ = self.cut_off::<()>();
                    return Some(text);
                }
                Some('\\') => self.escape(text.to_mut()),
                Some(quote) if quote == close && self.closes(position, quote) => return Some(text),
                Some(quote) if quote == close => {
                    quotes_inside = true;
                    self.repaired("escaped a quote inside a text");
                    text.to_mut().push(quote);
                }
                Some(control) => {
                    self.repaired("escaped a line break or control character inside a text");
                    text.to_mut().push(control);
                }
            }
        }
    }

    /// A text in three quotes, as Python and Markdown write texts of several lines.
    fn in_three_quotes(&mut self, quotes: &str, position: JsonPosition) -> Option<Cow<'a, str>> {
        self.repaired("replaced three quotes around a text with double quotes");
        self.at += 2;
        if quotes.starts_with('`') {
            // The language of a code fence.
            let rest = self.rest();
            let code = rest.trim_start_matches(|c: char| c.is_ascii_alphanumeric());
            if code.starts_with('\n') {
                self.at += rest.len() - code.len();
            }
        }
        let mut text = Cow::Borrowed("");
        loop {
            let rest = self.rest();
            let length = rest
                .find(['\\', quotes.chars().next()?])
                .unwrap_or(rest.len());
            push(&mut text, &rest[..length]);
            self.at += length;
            if self.rest().starts_with(quotes) {
                self.at += quotes.len();
                if self.closes(position, '\0') {
                    return Some(text);
                }
                text.to_mut().push_str(quotes);
                continue;
            }
            match self.step() {
                None => {
                    let _ = self.cut_off::<()>();
                    return Some(text);
                }
                Some('\\') if !quotes.starts_with('`') => self.escape(text.to_mut()),
                Some(other) => text.to_mut().push(other),
            }
        }
    }

    /// Whether the quote that was just read closes its text.
    fn closes(&self, position: JsonPosition, quote: char) -> bool {
        let rest = self.rest();
        let next = self.ahead(rest, rest.trim_start());
        let new_line = rest[..rest.len() - next.len()].contains('\n');
        let Some(sign) = next.chars().next() else {
            return true;
        };
        match (position, sign) {
            (JsonPosition::Top, _) => false,
            (JsonPosition::Key, sign) => matches!(sign, ':' | '：'),
            (JsonPosition::Item, sign) if sign == self.list_end => true,
            (JsonPosition::Entry, '}') => true,
            (_, '/' | '#') => new_line || next.starts_with("//") || next.starts_with("/*"),
            (JsonPosition::Item, ',') => starts_item(self.ahead(next, after_commas(next))),
            (JsonPosition::Entry, ',') => self.starts_entry(self.ahead(next, after_commas(next))),
            (_, '+') => self.after_plus(next).is_some_and(|next| {
                self.is_text(next, quote, |sign| {
                    matches!(sign, ',' | '}' | '+') || sign == self.list_end
                })
            }),
            (_, sign) if is_quote(sign) && new_line => true,
            (JsonPosition::Item, _) if next.len() < rest.len() => {
                self.is_text(next, quote, |sign| {
                    sign == ',' || sign == self.list_end || is_quote(sign)
                })
            }
            (JsonPosition::Entry, _) if next.len() < rest.len() => {
                self.is_text(next, quote, |sign| sign == ':')
            }
            _ => false,
        }
    }

    /// Whether a text in the same quotes starts here, and one of these signs follows it. It is looked at
    /// up to its closing quote only, so that a text full of quotes is looked at twice and not more often.
    fn is_text(&self, text: &str, close: char, follows: impl Fn(char) -> bool) -> bool {
        let mut rest = text.chars();
        let Some(open) = rest.next().filter(|open| closing(*open) == close) else {
            return false;
        };
        let rest = rest.as_str();
        let Some(end) = rest.find(close) else {
            self.looked_ahead(rest.len());
            return false;
        };
        let after = rest[end + close.len_utf8()..].trim_start();
        self.looked_ahead(open.len_utf8() + rest.len() - after.len());
        after.chars().next().is_some_and(follows)
    }

    /// The text after a plus sign and the blanks around it.
    fn after_plus<'t>(&self, text: &'t str) -> Option<&'t str> {
        let plus = self.ahead(text, text.trim_start()).strip_prefix('+')?;
        Some(self.ahead(plus, plus.trim_start()))
    }

    /// Whether a text starts with a key of an object, or with the end of the object.
    fn starts_entry(&self, text: &str) -> bool {
        let after_key = text.trim_start_matches(|c: char| c.is_alphanumeric() || c == '_');
        let colon = self.ahead(text, after_key.trim_start());
        let bare_key = after_key.len() < text.len() && colon.starts_with(':');
        text.is_empty() || bare_key || text.starts_with(|c: char| is_quote(c) || "}/#".contains(c))
    }

    fn escape(&mut self, text: &mut String) {
        let Some(sign) = self.step() else {
            return;
        };
        if self.is_command(sign) {
            self.repaired("kept the backslash of a command");
            text.push('\\');
            text.push(sign);
            return;
        }
        match sign {
            'n' | 'r' | 't' => {
                if latex::could_be_command(sign, self.rest()) {
                    self.repaired(
                        "read `\\n`, `\\r` or `\\t` as a blank where a command could be meant",
                    );
                }
                text.push(match sign {
                    'n' => '\n',
                    'r' => '\r',
                    _ => '\t',
                });
            }
            'b' => text.push('\u{8}'),
            'f' => text.push('\u{c}'),
            '"' | '\\' | '/' => text.push(sign),
            'u' => text.push(self.unicode()),
            '\'' => {
                self.repaired("removed an extra backslash");
                text.push('\'');
            }
            other => {
                self.repaired("kept a backslash that escapes nothing");
                text.push('\\');
                text.push(other);
            }
        }
    }

    /// Whether an escape is the start of a command, such as `\frac`, `\beta` or `\underline`: nobody
    /// writes a form feed or a backspace before a letter, and `\u` needs four digits.
    fn is_command(&self, sign: char) -> bool {
        let next = &self.rest().as_bytes()[..self.rest().len().min(4)];
        let letters = next.iter().take_while(|byte| byte.is_ascii_alphabetic());
        match (sign, letters.count()) {
            ('b' | 'f', letters) => letters > 0,
            ('u', letters) => letters > 1 && !next.iter().all(u8::is_ascii_hexdigit),
            _ => false,
        }
    }

    /// The character of a `\uXXXX`, or of two that form a surrogate pair.
    fn unicode(&mut self) -> char {
        let Some(first) = self.hex() else {
            self.repaired("replaced an invalid character");
            return char::REPLACEMENT_CHARACTER;
        };
        let after_first = self.at;
        if (0xd800..0xdc00).contains(&first) && self.rest().starts_with("\\u") {
            self.at += 2;
            if let Some(second) = self.hex().filter(|code| (0xdc00..0xe000).contains(code)) {
                let code = 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
                return char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
            }
            self.at = after_first;
        }
        char::from_u32(first).unwrap_or_else(|| {
            self.repaired("replaced an invalid character");
            char::REPLACEMENT_CHARACTER
        })
    }

    fn hex(&mut self) -> Option<u32> {
        let digits = self.rest().get(..4)?;
        let digits = Some(digits).filter(|d| d.bytes().all(|b| b.is_ascii_hexdigit()))?;
        self.at += 4;
        u32::from_str_radix(digits, 16).ok()
    }

    /// A number, a literal, or a word without quotes.
    pub(super) fn word(&mut self, position: JsonPosition) -> Option<Shape<'a>> {
        let rest = self.rest();
        let list_end = self.list_end;
        let ends = |c: char| match position {
            JsonPosition::Top => c.is_whitespace() || matches!(c, ',' | ']' | '}'),
            _ => matches!(c, ',' | ']' | '}' | '\n') || c == list_end,
        };
        let length = rest.find(ends).unwrap_or(rest.len());
        if length == rest.len() && position != JsonPosition::Top {
            self.at += length;
            return self.cut_off();
        }
        // Counted here, because a word that is none of JSON ends the parsing before it.
        self.looked_ahead(length);
        let (word, length) = match before_quote(&rest[..length]) {
            Some(word) if position != JsonPosition::Top => (word, word.len()),
            _ => (rest[..length].trim_end(), length),
        };
        let shape = match word {
            "" => return None,
            "true" => Shape::Bool(true),
            "false" => Shape::Bool(false),
            "null" => Shape::Null,
            "True" | "False" | "None" => {
                self.repaired("read a Python literal");
                match word {
                    "None" => Shape::Null,
                    _ => Shape::Bool(word == "True"),
                }
            }
            _ => match json_number(word) {
                Some(number) => Shape::Number(number),
                None => self.odd_word(word, position)?,
            },
        };
        self.at += length;
        Some(shape)
    }

    fn odd_word(&mut self, word: &'a str, position: JsonPosition) -> Option<Shape<'a>> {
        let usual = usual_number(word);
        if let Some(number) = usual.as_deref().and_then(json_number) {
            self.repaired("read a number in an unusual spelling");
            return Some(Shape::Number(number));
        }
        if position == JsonPosition::Top
            || is_end_of_number(&self.text[..self.at], word)
            || word.contains(|c| is_quote(c) || matches!(c, '{' | '[' | ':'))
        {
            return None;
        }
        self.repaired("put a word without quotes into quotes");
        Some(Shape::Text {
            text: word.into(),
            cut: false,
        })
    }

    /// A key without quotes.
    pub(super) fn bare_key(&mut self) -> Option<&'a str> {
        let rest = self.rest();
        let in_key = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
        let length = rest.find(|c| !in_key(c)).unwrap_or(rest.len());
        if length == 0 {
            return None;
        }
        self.at += length;
        if length == rest.len() {
            return self.cut_off();
        }
        self.repaired("put a key into quotes");
        Some(&rest[..length])
    }
}

/// Adds to a text that stays borrowed as long as it is one piece.
fn push<'a>(text: &mut Cow<'a, str>, piece: &'a str) {
    match text.is_empty() {
        true => *text = Cow::Borrowed(piece),
        false if piece.is_empty() => {}
        false => text.to_mut().push_str(piece),
    }
}

/// The number or literal at the start of a text whose next part is in quotes: a comma is missing after it.
fn before_quote(text: &str) -> Option<&str> {
    let (word, rest) = text.split_once([' ', '\t'])?;
    let literal = ["true", "false", "null"].contains(&word) || json_number(word).is_some();
    (literal && rest.trim_start().starts_with(is_quote)).then_some(word)
}

const fn triple(open: char) -> Option<&'static str> {
    match open {
        '"' => Some("\"\"\""),
        '\'' => Some("'''"),
        '`' => Some("```"),
        _ => None,
    }
}

const fn closing(open: char) -> char {
    match open {
        '“' => '”',
        '‘' => '’',
        other => other,
    }
}

/// Whether a text starts with an item of a list, or with the end of the list.
fn starts_item(text: &str) -> bool {
    const LITERALS: [&str; 6] = ["true", "false", "null", "True", "False", "None"];
    let starts = |c: char| is_quote(c) || c.is_ascii_digit() || "-{[]/#".contains(c);
    text.is_empty() || text.starts_with(starts) || LITERALS.iter().any(|l| text.starts_with(l))
}

/// A number as JSON spells it.
pub(super) fn json_number(word: &str) -> Option<Number> {
    let digits = word.strip_prefix('-').unwrap_or(word);
    let (whole, rest) = split_digits(digits);
    if whole.is_empty() || (whole.len() > 1 && whole.starts_with('0')) {
        return None;
    }
    if rest.is_empty() {
        let signed = word.parse::<i64>().map(Number::from);
        let number = signed.or_else(|_| word.parse::<u64>().map(Number::from));
        return number.ok().or_else(|| float(word));
    }
    let rest = match rest.strip_prefix('.').map(split_digits) {
        Some(("", _)) => return None,
        Some((_, rest)) => rest,
        None => rest,
    };
    let exponent = rest.strip_prefix(['e', 'E']).map(|exponent| {
        let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        split_digits(digits)
    });
    match exponent {
        None if rest.is_empty() => float(word),
        Some((digits, "")) if !digits.is_empty() => float(word),
        _ => None,
    }
}

fn split_digits(text: &str) -> (&str, &str) {
    let length = text.bytes().take_while(u8::is_ascii_digit).count();
    text.split_at(length)
}

fn float(word: &str) -> Option<Number> {
    word.parse::<f64>().ok().and_then(Number::from_f64)
}

/// `+1`, `.5` and `1.` as JSON spells them.
fn usual_number(word: &str) -> Option<String> {
    let (sign, digits) = match (word.strip_prefix('+'), word.strip_prefix('-')) {
        (Some(digits), _) => ("", digits),
        (_, Some(digits)) => ("-", digits),
        _ => ("", word),
    };
    if digits.starts_with(['+', '-']) {
        return None;
    }
    match (digits.strip_prefix('.'), digits.strip_suffix('.')) {
        (Some(fraction), None) => Some(format!("{sign}0.{fraction}")),
        (None, Some(whole)) => Some(format!("{sign}{whole}")),
        (None, None) => Some(format!("{sign}{digits}")),
        (Some(_), Some(_)) => None,
    }
}
