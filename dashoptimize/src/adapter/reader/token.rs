//! The words of a text, with the signs that belong to them.

use crate::adapter::spelling::is_part_of_word;

/// A word of a text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token<'a> {
    pub(super) word: &'a str,
    pub(super) start: usize,
}

impl Token<'_> {
    pub(super) const fn end(&self) -> usize {
        self.start + self.word.len()
    }

    pub(super) fn is_any(&self, words: &[&str]) -> bool {
        words
            .iter()
            .any(|word| word.eq_ignore_ascii_case(self.word))
    }
}

/// The words of a text.
pub(super) fn tokens(text: &str) -> Vec<Token<'_>> {
    let chars: Vec<char> = text.chars().collect();
    let is_part = |at: usize| {
        matches!(chars[at], '\'' | '’' | '\u{300}'..='\u{36f}') || is_part_of_word(&chars, at)
    };
    let mut tokens = Vec::new();
    let mut first = None;
    for (index, (start, c)) in text.char_indices().enumerate() {
        let end = start + c.len_utf8();
        if is_part(index) {
            first.get_or_insert(start);
        }
        let ends = end == text.len() || !is_part(index + 1);
        if let Some(start) = first.take_if(|_| ends) {
            let word = &text[start..end];
            tokens.push(Token { word, start });
        }
    }
    tokens
}
