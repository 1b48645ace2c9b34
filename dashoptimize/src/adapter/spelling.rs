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
/// the form in which Unicode writes it.
pub(crate) fn bare_name(name: &str) -> String {
    match name.is_ascii() {
        true => bare(name.chars()),
        false => bare(name.nfkc()),
    }
}

fn bare(name: impl Iterator<Item = char>) -> String {
    name.filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
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
