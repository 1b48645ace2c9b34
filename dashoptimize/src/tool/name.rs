//! Names of tools, as the strictest provider accepts them: letters, digits, `_` and `-`, at most 64 of
//! them.

const MAX_LENGTH: usize = 64;

/// Whether providers accept the name.
pub(super) fn is_valid(name: &str) -> bool {
    !name.is_empty() && name.len() <= MAX_LENGTH && name.chars().all(is_name_char)
}

/// The name with every character that providers do not accept replaced by `_`, cut to the length that
/// they accept.
#[cfg(feature = "mcp")]
pub(super) fn made_valid(name: &str) -> String {
    let chars = name.chars().take(MAX_LENGTH);
    chars
        .map(|c| if is_name_char(c) { c } else { '_' })
        .collect()
}

const fn is_name_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-')
}
