//! Rules of spelling on which the renderer and the reader must agree.

use unicode_normalization::UnicodeNormalization;

/// Whether a text can be written without quotes and still be read back unchanged: the reader trims a
/// value and reads a value in double quotes as a JSON string.
pub(super) fn needs_no_quotes(text: &str) -> bool {
    text.trim().len() == text.len() && !text.starts_with('"')
}

/// Whether a text without quotes means `null` where `null` is allowed.
pub(super) fn means_nothing(text: &str) -> bool {
    const WORDS: [&str; 9] = [
        "",
        "null",
        "none",
        "nil",
        "n/a",
        "n.a.",
        "na",
        "nothing",
        "not applicable",
    ];
    let text = text.strip_suffix('.').unwrap_or(text);
    WORDS
        .iter()
        .any(|word| text.eq_ignore_ascii_case(word.strip_suffix('.').unwrap_or(word)))
}

/// A name without the parts that models tend to change: case, blanks, `_`, `-` and other signs, and
/// the form in which Unicode writes it. Signs that make it another name stay, see [`is_part_of_word`].
pub(crate) fn bare_name(name: &str) -> String {
    match name.is_ascii() {
        true if name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') => {
            bare(name.chars().filter(|&c| c != '_'))
        }
        true => bare(word_parts(&name.chars().collect::<Vec<_>>())),
        false => bare(word_parts(&name.nfkc().collect::<Vec<_>>())),
    }
}

fn bare(parts: impl Iterator<Item = char>) -> String {
    parts.flat_map(char::to_lowercase).collect()
}

fn word_parts(chars: &[char]) -> impl Iterator<Item = char> {
    let is_part = |&(at, _): &(usize, &char)| is_part_of_word(chars, at);
    chars.iter().enumerate().filter(is_part).map(|(_, &c)| c)
}

/// Whether a character is a letter, a digit, or a sign that makes another word of the one it stands at:
/// `C++`, `C#`, `A-`, `-1`, `4.5`, `1/2`, `< 5` and `!urgent` do not mean `C`, `A`, `1`, `45`, `12`, `5` and
/// `urgent`.
pub(super) fn is_part_of_word(chars: &[char], at: usize) -> bool {
    let sign = chars[at];
    let after = chars.get(at + 1).copied();
    let before = |steps| at.checked_sub(steps).map(|at| chars[at]);
    let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let is_digit = |c: Option<char>| c.is_some_and(char::is_numeric);
    match sign {
        _ if sign.is_alphanumeric() => true,
        '+' | '#' => is_word(before(1)) || (before(1) == Some(sign) && is_word(before(2))),
        // A single letter with a minus is a grade; elsewhere it is a dash or a bullet.
        '-' | '−' if is_word(before(1)) => {
            !is_digit(before(1)) && !is_word(before(2)) && !is_word(after)
        }
        '-' | '−' => is_digit(after),
        '.' | ',' | '/' => is_digit(before(1)) && is_digit(after),
        '!' | '¬' => !is_word(before(1)) && is_word(after),
        '=' => matches!(before(1), Some('<' | '>')),
        '<' | '>' if matches!(before(1), Some('-' | '=')) => false,
        '<' | '>' | '≤' | '≥' => {
            let blank = after.is_some_and(char::is_whitespace);
            let next = chars.get(at + 1 + usize::from(blank)).copied();
            is_digit(next) || next == Some('=')
        }
        _ => false,
    }
}

/// Whether two names are the same apart from case, blanks and signs. Names without a letter or digit
/// are the same only if they are equal.
pub(crate) fn same_name(one: &str, other: &str) -> bool {
    let bare = bare_name(one);
    one == other || (!bare.is_empty() && bare == bare_name(other))
}

/// A text in quotes on one line, shortened to fit into a message.
pub(super) fn brief(text: &str) -> String {
    const LONGEST: usize = 60;
    match text.char_indices().nth(LONGEST) {
        Some((cut, _)) => format!("{:?}…", &text[..cut]),
        None => format!("{text:?}"),
    }
}
