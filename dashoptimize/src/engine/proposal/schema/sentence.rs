//! The sentences of a text, as words.

/// A piece of a sentence.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Token<'t> {
    /// A word, as it stands: letters, digits, `_` and the apostrophe.
    Word(&'t str),
    /// What stands in backticks or in double quotes.
    Quoted(&'t str),
    /// Any other character, except white space.
    Mark(char),
}

/// A sentence, or a line of a list.
#[derive(Debug)]
pub(super) struct Sentence<'t> {
    /// Whether it starts with the mark or the number of an item of a list.
    pub(super) is_item: bool,
    /// The field that it is about, whether it names it or not.
    pub(super) subject: Option<&'t str>,
    pub(super) tokens: Vec<Token<'t>>,
}

impl<'t> Token<'t> {
    /// The word, if it is one without quotes.
    pub(super) const fn word(self) -> Option<&'t str> {
        match self {
            Self::Word(word) => Some(word),
            Self::Quoted(_) | Self::Mark(_) => None,
        }
    }

    /// The text of a word or of what is quoted.
    pub(super) const fn text(self) -> Option<&'t str> {
        match self {
            Self::Word(text) | Self::Quoted(text) => Some(text),
            Self::Mark(_) => None,
        }
    }

    /// Whether it is one of these words, whatever their case.
    pub(super) fn is_one_of(self, words: &[&str]) -> bool {
        self.word()
            .is_some_and(|word| words.iter().any(|one| one.eq_ignore_ascii_case(word)))
    }
}

impl Sentence<'_> {
    /// Whether one of these words is in it.
    pub(super) fn has_one_of(&self, words: &[&str]) -> bool {
        self.tokens.iter().any(|token| token.is_one_of(words))
    }

    /// Whether the field is named in it, with or without quotes.
    pub(super) fn names(&self, field: &str) -> bool {
        let named = |token: &Token<'_>| token.text().is_some_and(|text| same(text, field));
        self.subject == Some(field) || self.tokens.iter().any(named)
    }
}

/// Whether two names differ in nothing but case and separators.
pub(super) fn same(one: &str, other: &str) -> bool {
    let letters = |text: &str| -> String {
        let kept = text.chars().filter(|c| c.is_alphanumeric());
        kept.flat_map(char::to_lowercase).collect()
    };
    letters(one) == letters(other)
}

/// The sentences of a text about this field, or about any. A line ends a sentence, and so do `.`, `!` and `?` before
/// white space.
pub(super) fn sentences<'t>(text: &'t str, subject: Option<&'t str>) -> Vec<Sentence<'t>> {
    text.lines()
        .flat_map(|line| of_line(line, subject))
        .collect()
}

fn of_line<'t>(line: &'t str, subject: Option<&'t str>) -> Vec<Sentence<'t>> {
    let (rest, mut is_item) = without_mark(line);
    let mut sentences = Vec::new();
    let mut tokens = Vec::new();
    let mut waiting = rest;
    while let Some(first) = waiting.chars().next() {
        let (token, after) = token(waiting, first);
        waiting = after;
        tokens.extend(token);
        let ends = matches!(first, '.' | '!' | '?') && after.starts_with(char::is_whitespace);
        if ends || waiting.is_empty() {
            let tokens = std::mem::take(&mut tokens);
            sentences.push(Sentence {
                is_item,
                subject,
                tokens,
            });
            is_item = false;
        }
    }
    sentences
}

/// The line without the mark of an item of a list, and whether it has one.
fn without_mark(line: &str) -> (&str, bool) {
    let line = line.trim();
    let marked = line.strip_prefix(['-', '*', '•']);
    let numbered = || {
        let rest = line.trim_start_matches(|c: char| c.is_ascii_digit());
        let is_number = rest.len() < line.len();
        rest.strip_prefix(['.', ')']).filter(|_| is_number)
    };
    let item = marked.or_else(numbered);
    match item.filter(|rest| rest.starts_with(char::is_whitespace)) {
        Some(item) => (item.trim_start(), true),
        None => (line, false),
    }
}

/// The first token of a text that starts with this character, and what follows it.
fn token(text: &str, first: char) -> (Option<Token<'_>>, &str) {
    if first.is_whitespace() {
        return (None, &text[first.len_utf8()..]);
    }
    if is_of_word(first) {
        let end = text.find(|c| !is_of_word(c)).unwrap_or(text.len());
        return (Some(Token::Word(&text[..end])), &text[end..]);
    }
    let after = &text[first.len_utf8()..];
    let close = match first {
        '`' | '"' => first,
        '“' => '”',
        _ => return (Some(Token::Mark(first)), after),
    };
    // Only a few words in quotes are a name.
    const LONGEST: usize = 80;
    match after.find(close).filter(|end| (1..=LONGEST).contains(end)) {
        Some(end) => {
            let quoted = Token::Quoted(after[..end].trim());
            (Some(quoted), &after[end + close.len_utf8()..])
        }
        None => (Some(Token::Mark(first)), after),
    }
}

fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '\'' | '’')
}
