//! Whether a sentence that holds a word could mean something else than the word, because it denies it, asks
//! for it, sets it under a condition, guesses, or takes it back.

use super::token::Token;
use crate::adapter::spelling::bare_name;

/// Words that deny what follows or went before.
const NEGATIONS: &[&str] = &[
    "no", "not", "never", "neither", "nor", "non", "none", "cannot", "without", "hardly", "barely",
    "scarcely", "rather", "instead", "except", "unlikely", "lacks", "lacking",
];

/// Words that make a condition of a sentence, or say that it is not known.
const CONDITIONS: &[&str] = &["if", "unless", "whether"];

/// Words after which a second thought comes.
const CORRECTIONS: &[&str] = &["wait", "scratch", "correction", "oops"];

/// Words that deny together.
const PHRASES: &[&[&str]] = &[
    &["far", "from"],
    &["anything", "but"],
    &["opposite", "of"],
    &["contrary", "of"],
    &["used", "to"],
    &["other", "than"],
    &["fails", "to"],
    &["failed", "to"],
    &["lack", "of"],
    &["absence", "of"],
    &["free", "of"],
    &["free", "from"],
    &["ruled", "out"],
    &["rules", "out"],
    &["rule", "out"],
    &["ruling", "out"],
    &["short", "of"],
];

/// Words after `no` that do not let it deny anything: `yes, no doubt`.
const NO_DENIAL: &[&str] = &["doubt", "question", "problem", "wonder"];

/// Words directly before a mention that make something else of it: `below high`, `higher than medium`.
const RELATIONS: &[&str] = &[
    "than",
    "below",
    "above",
    "beyond",
    "under",
    "over",
    "anti",
    "near",
    "nearly",
    "almost",
    "half",
    "partially",
    "partly",
    "former",
    "formerly",
    "less",
];

/// Whether a sentence may deny a word in it, take it back, or say it under a condition only. Words
/// that are part of an answer's name, such as `no` and `not_found`, deny nothing.
pub(super) fn is_denied(tokens: &[Token<'_>], names: &[&str]) -> bool {
    let names: Vec<String> = names.iter().map(|name| name.to_lowercase()).collect();
    let is_named = |word: &str| {
        let mut parts = names
            .iter()
            .flat_map(|name| name.split(|c: char| !c.is_alphanumeric()));
        parts.any(|part| part == word)
    };
    let words: Vec<String> = tokens.iter().map(|t| t.word.to_lowercase()).collect();
    let denies = |(at, word): (usize, &String)| {
        let is_any = |list: &[&str]| list.contains(&word.as_str()) && !is_named(word);
        let after = words.get(at + 1).map(String::as_str);
        let harmless = word == "no" && after.is_some_and(|word| NO_DENIAL.contains(&word));
        (is_any(NEGATIONS) && !harmless)
            || is_any(CONDITIONS)
            || is_any(CORRECTIONS)
            || word.ends_with("n't")
            || word.ends_with("n’t")
            || PHRASES
                .iter()
                .any(|phrase| starts_with(&words[at..], phrase))
    };
    words.iter().enumerate().any(denies)
}

fn starts_with(words: &[String], phrase: &[&str]) -> bool {
    words.len() >= phrase.len() && words.iter().zip(phrase).all(|(word, part)| word == part)
}

/// Whether a mention is a part of another word (`anti-spam`, `high-risk`), stands in a relation to what is
/// meant (`below high`), or is a question to which an answer follows (`Refund? Hard to say.`).
pub(super) fn is_of_another(
    text: &str,
    before: Option<&Token<'_>>,
    start: usize,
    end: usize,
) -> bool {
    let (head, tail) = (&text[..start], &text[end..]);
    let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let joined_to_next = tail
        .strip_prefix(['-', '‐'])
        .is_some_and(|rest| is_word(rest.chars().next()));
    let joined_to_last = head
        .strip_suffix(['-', '‐'])
        .is_some_and(|rest| is_word(rest.chars().next_back()));
    let related = before.is_some_and(|token| RELATIONS.contains(&bare_name(token.word).as_str()));
    let rest = tail
        .trim_start_matches(['*', '_', '`', '"', ' '])
        .strip_prefix('?');
    let more_follows = rest.is_some_and(|rest| !rest.trim().is_empty());
    joined_to_next || joined_to_last || related || more_follows
}

/// Words with which a question starts.
const ASKING: &[&str] = &[
    "is", "are", "was", "were", "does", "do", "did", "has", "have", "can", "could", "would",
    "should", "will", "may", "might", "what", "which", "who", "why", "how",
];

/// Whether a text asks and does not say. `I would say: a refund?` says it, in doubt.
pub(super) fn is_question(text: &str, tokens: &[Token<'_>]) -> bool {
    let asks = tokens.first().is_some_and(|first| first.is_any(ASKING));
    asks && text
        .trim_end_matches(['*', '_', '`', '"', ' '])
        .ends_with('?')
}

/// Words that make a guess of what is true.
const GUESSES: &[&str] = &[
    "maybe",
    "perhaps",
    "possibly",
    "could",
    "might",
    "may",
    "partially",
    "partly",
    "half",
    "sometimes",
    "depends",
];

/// Whether a sentence leaves it open whether something is true.
pub(super) fn is_guess(tokens: &[Token<'_>]) -> bool {
    tokens.iter().any(|token| token.is_any(GUESSES))
}
