//! The label of a field whose label is not set.

/// `top_k` → `Top K:`. The rules are DSPy's: words and numbers are separated, and words in capital
/// letters stay in capital letters.
pub(super) fn infer(name: &str) -> String {
    let mut words: Vec<String> = Vec::new();
    let letters: Vec<char> = name.chars().collect();
    for (index, &letter) in letters.iter().enumerate() {
        let before = index.checked_sub(1).map(|index| letters[index]);
        if starts_word(before, letter, letters.get(index + 1)) {
            words.push(String::new());
        }
        if let (true, Some(word)) = (letter != '_', words.last_mut()) {
            word.push(letter);
        }
    }
    let titles: Vec<String> = words.iter().map(|word| title(word)).collect();
    format!("{}:", titles.join(" "))
}

fn starts_word(before: Option<char>, letter: char, after: Option<&char>) -> bool {
    let Some(before) = before.filter(|before| *before != '_') else {
        return letter != '_';
    };
    let capital = letter.is_uppercase()
        && (before.is_lowercase() || after.is_some_and(|after| after.is_lowercase()));
    letter != '_' && (capital || before.is_numeric() != letter.is_numeric())
}

fn title(word: &str) -> String {
    let mut letters = word.chars();
    match letters.next() {
        Some(_) if word.chars().all(|letter| !letter.is_lowercase()) => word.to_owned(),
        Some(first) => first
            .to_uppercase()
            .chain(letters.flat_map(char::to_lowercase))
            .collect(),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::infer;

    #[test]
    fn labels_are_inferred_as_dspy_does() {
        for (name, expected) in [
            ("question", "Question:"),
            ("top_k", "Top K:"),
            ("someAttributeName", "Some Attribute Name:"),
            ("HTML", "HTML:"),
            ("text2speech", "Text 2 Speech:"),
            ("_private__name", "Private Name:"),
        ] {
            assert_eq!(infer(name), expected);
        }
    }
}
