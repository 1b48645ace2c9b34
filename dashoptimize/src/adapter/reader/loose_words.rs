//! The texts, numbers and words of loosely written JSON.

use serde_json::{Number, Value};

use super::loose_json::{JsonPosition, Parser, is_quote};

impl Parser<'_> {
    /// A text in quotes of any kind. What follows a quote decides whether it closes the text or is an
    /// unescaped quote inside the text.
    pub(super) fn string(&mut self, position: JsonPosition) -> Option<String> {
        let open = self.step()?;
        let close = closing(open);
        if open != '"' {
            self.repaired("replaced the quotes around a text with double quotes");
        }
        let mut text = String::new();
        let mut quotes_inside = false;
        loop {
            let rest = self.rest();
            let special = |c: char| c == close || c == '\\' || c < ' ';
            let length = rest.find(special).unwrap_or(rest.len());
            text.push_str(&rest[..length]);
            self.at += length;
            match self.step() {
                // It is impossible to tell which quote was the closing one.
                None if quotes_inside => return None,
                None if position == JsonPosition::Key => return self.cut_off(),
                None => {
                    let _ = self.cut_off::<()>();
                    return Some(text);
                }
                Some('\\') => self.escape(&mut text),
                Some(quote) if quote == close && self.closes(position) => return Some(text),
                Some(quote) if quote == close => {
                    quotes_inside = true;
                    self.repaired("escaped a quote inside a text");
                    text.push(quote);
                }
                Some(control) => {
                    self.repaired("escaped a line break or control character inside a text");
                    text.push(control);
                }
            }
        }
    }

    /// Whether the quote that was just read closes its text.
    fn closes(&self, position: JsonPosition) -> bool {
        let rest = self.rest();
        let next = rest.trim_start();
        let new_line = rest[..rest.len() - next.len()].contains('\n');
        let Some(sign) = next.chars().next() else {
            return true;
        };
        match (position, sign) {
            (JsonPosition::Top, _) => false,
            (JsonPosition::Key, sign) => sign == ':',
            (JsonPosition::Item, ']') | (JsonPosition::Entry, '}') => true,
            (_, '/' | '#') => new_line || next.starts_with("//") || next.starts_with("/*"),
            (JsonPosition::Item, ',') => starts_item(next[1..].trim_start()),
            (JsonPosition::Entry, ',') => starts_entry(next[1..].trim_start()),
            (_, sign) => new_line && is_quote(sign),
        }
    }

    fn escape(&mut self, text: &mut String) {
        match self.step() {
            Some('n') => text.push('\n'),
            Some('r') => text.push('\r'),
            Some('t') => text.push('\t'),
            Some('b') => text.push('\u{8}'),
            Some('f') => text.push('\u{c}'),
            Some(sign @ ('"' | '\\' | '/')) => text.push(sign),
            Some('u') => text.push(self.unicode()),
            Some('\'') => {
                self.repaired("removed an extra backslash");
                text.push('\'');
            }
            Some(other) => {
                self.repaired("kept a backslash that escapes nothing");
                text.push('\\');
                text.push(other);
            }
            None => {}
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
    pub(super) fn word(&mut self, position: JsonPosition) -> Option<Value> {
        let rest = self.rest();
        let ends = |c: char| match position {
            JsonPosition::Top => c.is_whitespace() || matches!(c, ',' | ']' | '}'),
            _ => matches!(c, ',' | ']' | '}' | '\n'),
        };
        let length = rest.find(ends).unwrap_or(rest.len());
        if length == rest.len() && position != JsonPosition::Top {
            self.at += length;
            return self.cut_off();
        }
        let word = rest[..length].trim_end();
        let value = match word {
            "" => return None,
            "true" => true.into(),
            "false" => false.into(),
            "null" => Value::Null,
            "True" | "False" | "None" => {
                self.repaired("read a Python literal");
                match word {
                    "None" => Value::Null,
                    _ => (word == "True").into(),
                }
            }
            _ => match json_number(word) {
                Some(number) => number,
                None => self.odd_word(word, position)?,
            },
        };
        self.at += length;
        Some(value)
    }

    fn odd_word(&mut self, word: &str, position: JsonPosition) -> Option<Value> {
        let usual = usual_number(word);
        if let Some(number) = usual.as_deref().and_then(json_number) {
            self.repaired("read a number in an unusual spelling");
            return Some(number);
        }
        if position == JsonPosition::Top
            || word.contains(|c| is_quote(c) || matches!(c, '{' | '[' | ':'))
        {
            return None;
        }
        self.repaired("put a word without quotes into quotes");
        Some(word.into())
    }

    /// A key without quotes.
    pub(super) fn bare_key(&mut self) -> Option<String> {
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
        Some(rest[..length].to_owned())
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

/// Whether a text starts with a key of an object, or with the end of the object.
fn starts_entry(text: &str) -> bool {
    let key = text.trim_start_matches(|c: char| c.is_alphanumeric() || c == '_');
    let bare_key = key.len() < text.len() && key.trim_start().starts_with(':');
    text.is_empty() || bare_key || text.starts_with(|c: char| is_quote(c) || "}/#".contains(c))
}

/// A number as JSON spells it.
pub(super) fn json_number(word: &str) -> Option<Value> {
    let digits = word.strip_prefix('-').unwrap_or(word);
    let (whole, rest) = split_digits(digits);
    if whole.is_empty() || (whole.len() > 1 && whole.starts_with('0')) {
        return None;
    }
    if rest.is_empty() {
        let signed = word.parse::<i64>().map(Value::from);
        let number = signed.or_else(|_| word.parse::<u64>().map(Value::from));
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

fn float(word: &str) -> Option<Value> {
    let number = word.parse::<f64>().ok()?;
    Number::from_f64(number).map(Value::Number)
}

/// `+1`, `.5` and `1.` as JSON spells them.
fn usual_number(word: &str) -> Option<String> {
    let word = word.strip_prefix('+').unwrap_or(word);
    let (sign, digits) = match word.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", word),
    };
    match (digits.strip_prefix('.'), digits.strip_suffix('.')) {
        (Some(fraction), None) => Some(format!("{sign}0.{fraction}")),
        (None, Some(whole)) => Some(format!("{sign}{whole}")),
        (None, None) => Some(format!("{sign}{digits}")),
        (Some(_), Some(_)) => None,
    }
}
