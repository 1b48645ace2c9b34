//! Names in another case: serde's `rename_all` rules, and labels in prose.

/// A rule of `rename_all`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Case {
    Lower,
    Upper,
    Pascal,
    Camel,
    Snake,
    ScreamingSnake,
    Kebab,
    ScreamingKebab,
}

const CASES: [(&str, Case); 8] = [
    ("lowercase", Case::Lower),
    ("UPPERCASE", Case::Upper),
    ("PascalCase", Case::Pascal),
    ("camelCase", Case::Camel),
    ("snake_case", Case::Snake),
    ("SCREAMING_SNAKE_CASE", Case::ScreamingSnake),
    ("kebab-case", Case::Kebab),
    ("SCREAMING-KEBAB-CASE", Case::ScreamingKebab),
];

/// The names of the rules.
pub(crate) const CASE_NAMES: [&str; CASES.len()] = {
    let mut names = [""; CASES.len()];
    let mut i = 0;
    while i < names.len() {
        names[i] = CASES[i].0;
        i += 1;
    }
    names
};

impl Case {
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        let known = CASES.iter().find(|(known, _)| *known == name);
        known.map(|(_, case)| *case)
    }

    /// The name of a variant, written `LikeThis` in the source, as serde renames it.
    pub(crate) fn of_variant(self, name: &str) -> String {
        match self {
            Self::Pascal => name.to_owned(),
            Self::Lower => name.to_lowercase(),
            Self::Upper => name.to_uppercase(),
            Self::Camel => with_first(name, char::to_lowercase),
            _ => self.of_field(&snake(name)),
        }
    }

    /// The name of a field, written `like_this` in the source, as serde renames it.
    pub(crate) fn of_field(self, name: &str) -> String {
        match self {
            Self::Lower | Self::Snake => name.to_owned(),
            Self::Upper | Self::ScreamingSnake => name.to_uppercase(),
            Self::Pascal => pascal(name),
            Self::Camel => with_first(&pascal(name), char::to_lowercase),
            Self::Kebab => name.replace('_', "-"),
            Self::ScreamingKebab => name.to_uppercase().replace('_', "-"),
        }
    }
}

fn pascal(name: &str) -> String {
    let words = name.split('_');
    words
        .map(|word| with_first(word, char::to_uppercase))
        .collect()
}

fn snake(name: &str) -> String {
    let mut snake = String::new();
    for (index, letter) in name.char_indices() {
        if index > 0 && letter.is_uppercase() {
            snake.push('_');
        }
        snake.extend(letter.to_lowercase());
    }
    snake
}

fn with_first<I: Iterator<Item = char>>(word: &str, change: fn(char) -> I) -> String {
    let mut letters = word.chars();
    match letters.next() {
        Some(first) => change(first).chain(letters).collect(),
        None => String::new(),
    }
}

/// The default label of a field: `top_k` → `Top K:`. The rules are DSPy's: words and numbers are
/// separated, and words in capitals stay as they are.
pub(crate) fn label(name: &str) -> String {
    let spaced = spaced(name);
    let words: Vec<String> = spaced.split('_').map(title).collect();
    format!("{}:", words.join(" "))
}

/// `camelCase2` → `camel_Case_2`
fn spaced(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let mut spaced = String::new();
    for (index, &letter) in letters.iter().enumerate() {
        let before = index.checked_sub(1).map(|index| letters[index]);
        if before.is_some_and(|before| starts_word(before, letter, letters.get(index + 1))) {
            spaced.push('_');
        }
        spaced.push(letter);
    }
    spaced
}

fn starts_word(before: char, letter: char, after: Option<&char>) -> bool {
    if before == '_' || letter == '_' {
        return false;
    }
    let capital = letter.is_uppercase()
        && (before.is_lowercase() || after.is_some_and(|after| after.is_lowercase()));
    capital || before.is_numeric() != letter.is_numeric()
}

fn title(word: &str) -> String {
    let capitals = word.chars().any(char::is_uppercase) && !word.chars().any(char::is_lowercase);
    if capitals {
        word.to_owned()
    } else {
        with_first(&word.to_lowercase(), char::to_uppercase)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variants_are_renamed_as_serde_does() {
        let renamed = |case: &str| Case::from_name(case).map(|case| case.of_variant("CardLost"));
        let expected = [
            "cardlost",
            "CARDLOST",
            "CardLost",
            "cardLost",
            "card_lost",
            "CARD_LOST",
            "card-lost",
            "CARD-LOST",
        ];
        assert_eq!(
            CASE_NAMES.map(renamed),
            expected.map(|name| Some(name.to_owned()))
        );
    }

    #[test]
    fn fields_are_renamed_as_serde_does() {
        let renamed = |case: &str| Case::from_name(case).map(|case| case.of_field("last_four"));
        let expected = [
            "last_four",
            "LAST_FOUR",
            "LastFour",
            "lastFour",
            "last_four",
            "LAST_FOUR",
            "last-four",
            "LAST-FOUR",
        ];
        assert_eq!(
            CASE_NAMES.map(renamed),
            expected.map(|name| Some(name.to_owned()))
        );
    }

    #[test]
    fn labels_are_inferred_as_dspy_does() {
        for (name, expected) in [
            ("question", "Question:"),
            ("top_k", "Top K:"),
            ("someAttributeName", "Some Attribute Name:"),
            ("HTML", "HTML:"),
            ("text2speech", "Text 2 Speech:"),
            ("HTTPRequest", "HTTP Request:"),
            ("AI_model", "AI Model:"),
        ] {
            assert_eq!(label(name), expected);
        }
    }
}
