//! Words that stand for a number, and words that change the meaning of a number.

const SMALL: [&str; 21] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
    "twenty",
];

/// With one of these words, the number in digits is not the number that is meant, or only a part of
/// it.
const CHANGING: [&str; 45] = [
    "not",
    "isn't",
    "never",
    "minus",
    "negative",
    "less",
    "more",
    "than",
    "least",
    "most",
    "under",
    "over",
    "below",
    "above",
    "between",
    "fewer",
    "greater",
    "up",
    "half",
    "halves",
    "third",
    "thirds",
    "quarter",
    "quarters",
    "dozen",
    "dozens",
    "hundred",
    "hundreds",
    "thousand",
    "thousands",
    "million",
    "millions",
    "billion",
    "billions",
    "trillion",
    "trillions",
    "k",
    "m",
    "mn",
    "mio",
    "b",
    "bn",
    "tn",
    "times",
    "squared",
];

/// The number from 0 to 20 that a word stands for.
pub(super) fn small(word: &str) -> Option<u8> {
    let place = SMALL
        .iter()
        .position(|small| small.eq_ignore_ascii_case(word))?;
    u8::try_from(place).ok()
}

/// A word in a text that could change the meaning of a number in it.
pub(super) fn change(text: &str) -> Option<&str> {
    let words = text.split(|c: char| !c.is_alphanumeric() && c != '\'' && c != '’');
    let changes = |word: &str| {
        let lower = word.to_lowercase().replace('’', "'");
        CHANGING.contains(&lower.as_str()) || lower.ends_with("n't") || small(word).is_some()
    };
    words
        .into_iter()
        .find(|word| !word.is_empty() && changes(word))
}
