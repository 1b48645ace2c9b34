//! When a text can stand in a section as it is. The renderer and the reader must agree on it.

/// Whether a text reads back as itself where it stands bare: the reader drops blanks around a value,
/// and takes a value in double quotes for a JSON string.
pub(super) fn stands_bare(text: &str) -> bool {
    text.trim().len() == text.len() && !text.starts_with('"')
}

/// Whether a bare text stands for nothing where nothing is allowed.
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

/// A name without what models change in names: case, blanks, `_`, `-` and other signs.
pub(super) fn bare_name(name: &str) -> String {
    name.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

/// Whether two names are the same but for case, blanks and signs. Names without a letter or digit
/// are the same only if they are equal.
pub(crate) fn same_name(one: &str, other: &str) -> bool {
    let bare = bare_name(one);
    one == other || (!bare.is_empty() && bare == bare_name(other))
}

/// A text in quotes on one line, cut to what a message can carry.
pub(super) fn brief(text: &str) -> String {
    const LONGEST: usize = 60;
    match text.char_indices().nth(LONGEST) {
        Some((cut, _)) => format!("{:?}…", &text[..cut]),
        None => format!("{text:?}"),
    }
}
