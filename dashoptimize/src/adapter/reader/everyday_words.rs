//! Whether a variant in a sentence is a mention of the variant, or a word that sentences are full of:
//! `a`, `it` and `other` are variants of many enums, and hardly ever meant.

use std::ops::Range;

use super::denial;
use super::token::Token;

/// Words that say nothing about what is meant, unless something points to them.
const EVERYDAY: &[&str] = &[
    "a",
    "an",
    "the",
    "i",
    "me",
    "my",
    "we",
    "us",
    "our",
    "you",
    "your",
    "he",
    "him",
    "his",
    "she",
    "her",
    "it",
    "its",
    "they",
    "them",
    "their",
    "this",
    "that",
    "these",
    "those",
    "who",
    "what",
    "which",
    "when",
    "where",
    "why",
    "how",
    "in",
    "on",
    "at",
    "to",
    "of",
    "off",
    "for",
    "from",
    "by",
    "with",
    "as",
    "if",
    "or",
    "and",
    "but",
    "so",
    "than",
    "then",
    "up",
    "down",
    "out",
    "over",
    "into",
    "about",
    "after",
    "before",
    "is",
    "am",
    "are",
    "was",
    "be",
    "been",
    "do",
    "does",
    "did",
    "has",
    "have",
    "had",
    "can",
    "could",
    "will",
    "would",
    "may",
    "might",
    "must",
    "shall",
    "should",
    "let",
    "get",
    "go",
    "say",
    "see",
    "mean",
    "hold",
    "wait",
    "well",
    "like",
    "just",
    "even",
    "still",
    "only",
    "also",
    "too",
    "very",
    "here",
    "there",
    "now",
    "all",
    "any",
    "some",
    "both",
    "each",
    "every",
    "none",
    "other",
    "others",
    "another",
    "same",
    "general",
    "more",
    "less",
    "most",
    "one",
    "two",
    "first",
    "second",
    "last",
    "next",
    "right",
    "fine",
    "sure",
    "clear",
    "hand",
    "case",
    "point",
    "fact",
    "sort",
    "kind",
    "thing",
    "time",
    "way",
    "question",
    "answer",
    "note",
    "option",
    "choice",
    "category",
    "text",
    "example",
    "particular",
    "de",
    "la",
    "le",
    "el",
    "es",
    "en",
    "un",
    "que",
    "der",
    "die",
    "das",
    "ein",
    "ist",
    "no",
    "yes",
    "ok",
    "okay",
];

/// Words after which the answer comes.
const CUES: &[&str] = &[
    "is",
    "are",
    "be",
    "as",
    "answer",
    "option",
    "choice",
    "category",
    "class",
    "label",
    "intent",
    "letter",
    "type",
    "variant",
    "value",
    "choose",
    "chose",
    "pick",
    "picked",
    "select",
    "selected",
    "with",
    "therefore",
    "think",
    "probably",
    "likely",
    "definitely",
    "clearly",
    "hence",
    "thus",
    "so",
    "it's",
    "that's",
    "boxed",
    "say",
];

/// Words of every day that are an answer where a sentence starts with them and a sign follows: `Yes, …`.
const ANSWERS: &[&str] = &[
    "yes", "no", "ok", "okay", "none", "all", "any", "both", "other", "others", "general", "same",
    "more", "less", "most", "right", "fine", "sure", "clear", "first", "second", "last", "next",
];

/// Words that may follow an answer in its sentence.
const AFTER: &[&str] = &["because", "since", "for", "due", "given", "as"];

/// Whether these words of a text mean the variant.
///
/// A word that sentences are full of, or a single letter, counts only where a person would read it as
/// the answer: `(B)`, `Option B`, `The answer is B because …`. Two letters count where their case is
/// that of the variant.
pub(super) fn is_mention(
    text: &str,
    tokens: &[Token<'_>],
    at: Range<usize>,
    name: &str,
    case_counts: bool,
) -> bool {
    let (Some(first), Some(last)) = (tokens.get(at.start), tokens.get(at.end - 1)) else {
        return false;
    };
    let before = at.start.checked_sub(1).map(|index| &tokens[index]);
    if denial::is_of_another(text, before, first.start, last.end()) {
        return false;
    }
    let written = &text[first.start..last.end()];
    let letters = name.chars().filter(|c| c.is_alphanumeric()).count();
    let same_case = written == name && case_counts;
    let everyday = at.len() == 1 && first.is_any(EVERYDAY);
    if letters <= 2 && written != name && first.is_any(EVERYDAY) {
        return false;
    }
    let acronym = same_case && letters > 1 && name.chars().all(|c| !c.is_lowercase());
    let clear = match letters {
        0 | 1 => false,
        2 => same_case && (!everyday || acronym),
        _ => !everyday,
    };
    clear
        || is_set_off(text, first.start, last.end())
        || is_pointed_to(text, tokens, &at)
        || (written == name && case_counts && is_praised(tokens, at.end))
        || (at.start == 0 && is_given_first(text, last, written == name && letters < 2))
}

/// Whether the text starts with the mention, and a sign that ends an answer follows.
fn is_given_first(text: &str, mention: &Token<'_>, is_letter: bool) -> bool {
    let is_answer = mention.is_any(ANSWERS) || (is_letter && mention.word != "I");
    let after = &text[mention.end()..];
    let sign = after.starts_with([',', '.', ';', '!', ':', ')', '\n']);
    let apart = after.trim_start().starts_with(['-', '–', '—', '(']);
    is_answer && (sign || apart)
}

/// Whether `or` or `and` stands beside these words, so that they may be a second answer.
pub(super) fn is_alternative(tokens: &[Token<'_>], at: Range<usize>) -> bool {
    let joins = |token: &Token<'_>| token.is_any(&["or", "and", "nor"]);
    let before = at.start.checked_sub(1).map(|index| &tokens[index]);
    before.is_some_and(joins) || tokens.get(at.end).is_some_and(joins)
}

/// Whether a name that is not clearly meant stands where a second answer would: `A: 10 %, B: 90 %`.
pub(super) fn may_be_second(
    text: &str,
    tokens: &[Token<'_>],
    at: Range<usize>,
    name: &str,
) -> bool {
    let (first, last) = (&tokens[at.start], &tokens[at.end - 1]);
    let after = &text[last.end()..];
    let ends = after.is_empty() || after.starts_with([':', ')', '.', '=', ']']);
    at.start > 0 && &text[first.start..last.end()] == name && ends
}

/// Whether a mention is in quotes, brackets or other signs of its own.
fn is_set_off(text: &str, start: usize, end: usize) -> bool {
    let before = text[..start].chars().next_back();
    let after = text[end..].chars().next();
    match (before, after) {
        (Some(before), Some(after)) => [
            "\"\"", "''", "``", "**", "()", "[]", "{}", "<>", "$$", "“”", "‘’", "«»", "__", "「」",
        ]
        .iter()
        .any(|pair| pair.chars().eq([before, after])),
        _ => false,
    }
}

/// Whether a word before a mention points to it, and nothing that could be a sentence about something
/// else follows.
fn is_pointed_to(text: &str, tokens: &[Token<'_>], at: &Range<usize>) -> bool {
    let (start, end) = (tokens[at.start].start, tokens[at.end - 1].end());
    let before = at.start.checked_sub(1).map(|index| &tokens[index]);
    let bare = text[..start].trim_end_matches([' ', '\t', '\n', '*', '_', '"', '`', '(', '[', '$']);
    let colon = bare.ends_with([':', '：']);
    let cue = before.is_some_and(|token| token.is_any(CUES));
    if !cue && !colon {
        return false;
    }
    let after = text[end..].trim_start_matches([' ', '\t']);
    let ends = after
        .chars()
        .next()
        .is_none_or(|c| !c.is_alphanumeric() && !matches!(c, '\'' | '’' | '('));
    let next = tokens.get(at.end);
    ends || next.is_some_and(|token| token.is_any(AFTER)) || is_praised(tokens, at.end)
}

/// Whether `is correct` or the like follows.
fn is_praised(tokens: &[Token<'_>], at: usize) -> bool {
    let mut words = tokens[at.min(tokens.len())..].iter();
    let is = words.next().is_some_and(|token| token.is_any(&["is"]));
    let rest = words.find(|token| !token.is_any(&["the"]));
    is && rest.is_some_and(|token| token.is_any(&["correct", "right", "best", "answer", "true"]))
}
