//! `excerpt`: the beginning of a text, for readers that must not be given all of it.

/// The number of characters of one text of a tool, an interpreter or a server that a model is shown.
pub(crate) const SHOWN: usize = 10_000;

/// The first `limit` characters of a text, and how many are left out.
#[must_use]
pub(crate) fn excerpt(text: &str, limit: usize) -> String {
    match text.char_indices().nth(limit) {
        None => text.to_owned(),
        Some((end, _)) => {
            let rest = text[end..].chars().count();
            format!("{}\n… ({rest} more characters)", &text[..end])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_behind_whole_characters() {
        assert_eq!(excerpt("äöü", 3), "äöü");
        assert_eq!(excerpt("äöü", 1), "ä\n… (2 more characters)");
        assert_eq!(excerpt("", 0), "");
    }
}
