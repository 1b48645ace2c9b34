//! Booleans and variants, named in a text.

use serde_json::Value;

use super::denial;
use super::everyday_words;
use super::loose_json::quoted;
use super::output_reader::OutputReader;
use super::single::single;
use super::token::{Token, tokens};
use crate::adapter::spelling::{bare_name, brief, means_nothing, needs_no_quotes};
use crate::signature::{EnumTy, ValueError, no_variant};

/// `true` or `false`, also as `yes` and `no`.
pub(super) fn boolean(reader: &mut OutputReader<'_>, text: &str) -> Result<Value, ValueError> {
    match text {
        "true" => return Ok(true.into()),
        "false" => return Ok(false.into()),
        _ => {}
    }
    let value = one_word(text).or_else(|| in_sentence(text));
    let value = value.ok_or_else(|| ValueError::mismatch("true or false", &text.into()))?;
    reader.repaired(format!("read {} as {value}", brief(text)));
    Ok(value.into())
}

fn one_word(text: &str) -> Option<bool> {
    match bare_name(text).as_str() {
        "true" | "yes" | "y" | "1" | "on" => Some(true),
        "false" | "no" | "n" | "0" | "off" => Some(false),
        _ => None,
    }
}

/// `Yes, because …` or `The claim is false.`: all such words must agree, and the sentence may not deny them,
/// guess or ask. `yes` and `no` count only at the start and before a punctuation mark, because "no problem"
/// says nothing.
fn in_sentence(text: &str) -> Option<bool> {
    let tokens = tokens(text);
    let (first, rest) = tokens.split_first()?;
    let answer = one_word(first.word).filter(|_| {
        let after = &text[first.end()..];
        after.starts_with([',', '.', '!', ';', ':', '*', '\n'])
    });
    let said = if answer.is_some() { rest } else { &tokens };
    if denial::is_denied(said, &[])
        || denial::is_guess(&tokens)
        || denial::is_question(text, &tokens)
    {
        return None;
    }
    let mut said = said.iter().filter_map(|token| match token.word {
        word if word.eq_ignore_ascii_case("true") => Some(true),
        word if word.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    });
    let answer = answer.or_else(|| said.next())?;
    said.all(|word| word == answer).then_some(answer)
}

/// The index of the variant that a text names.
pub(super) fn variant(
    reader: &mut OutputReader<'_>,
    ty: &EnumTy,
    text: &str,
) -> Result<usize, ValueError> {
    let inside = quoted(text, reader.effort);
    let exact = |text: &str| ty.variants.iter().position(|variant| variant.name == text);
    if let Some(index) = inside.as_deref().and_then(exact) {
        let needed = ty.variants.iter().any(|variant| variant.name == text)
            || !needs_no_quotes(&ty.variants[index].name)
            || means_nothing(&ty.variants[index].name);
        if !needed {
            reader.repaired(format!(
                "removed the quotes around `{}`",
                ty.variants[index].name
            ));
        }
        return Ok(index);
    }
    if let Some(index) = exact(text) {
        return Ok(index);
    }
    let text = inside.as_deref().unwrap_or(text);
    let index = spelled_otherwise(ty, text)
        .or_else(|| shortened(ty, text))
        .or_else(|| mentioned(ty, text))
        .ok_or_else(|| no_variant(&ty.variants, &text.into()))?;
    let name = &ty.variants[index].name;
    reader.repaired(format!("read {} as `{name}`", brief(text)));
    Ok(index)
}

/// The only variant that is the text apart from case, blanks and signs.
fn spelled_otherwise(ty: &EnumTy, text: &str) -> Option<usize> {
    let text = bare_name(text);
    only(ty, |variant| !text.is_empty() && bare_name(variant) == text)
}

/// The only variant that starts with the text, if the text is at least half of it.
fn shortened(ty: &EnumTy, text: &str) -> Option<usize> {
    let text = bare_name(text);
    let count = text.chars().count();
    let long_enough = |variant: &str| count >= 3 && 2 * count >= variant.chars().count();
    let index = only(ty, |variant| bare_name(variant).starts_with(&text))?;
    long_enough(&bare_name(&ty.variants[index].name)).then_some(index)
}

/// The only variant that a sentence mentions, in whole words and not negated. A variant inside the
/// mention of a longer one does not count, and neither does a word that sentences are full of.
fn mentioned(ty: &EnumTy, text: &str) -> Option<usize> {
    const LONGEST_TEXT: usize = 1000;
    if text.len() > LONGEST_TEXT {
        return None;
    }
    let tokens = tokens(text);
    let written: Vec<&str> = ty.variants.iter().map(|v| &*v.name).collect();
    if denial::is_denied(&tokens, &written) || denial::is_question(text, &tokens) {
        return None;
    }
    let names: Vec<String> = ty.variants.iter().map(|v| bare_name(&v.name)).collect();
    let case_counts = text.chars().any(char::is_lowercase);
    let mut found = None;
    let mut at = 0;
    while at < tokens.len() {
        let here = longest_at(&names, &tokens[at..]);
        let is_mention = |(index, length): &(usize, usize)| {
            let name = &ty.variants[*index].name;
            everyday_words::is_mention(text, &tokens, at..at + length, name, case_counts)
        };
        if let Some((index, length)) = here.filter(|here| !is_mention(here))
            && (everyday_words::is_alternative(&tokens, at..at + length)
                || everyday_words::may_be_second(text, &tokens, at..at + length, written[index]))
        {
            return None;
        }
        let here = here.filter(is_mention);
        if let Some((index, length)) = here {
            if found.is_some_and(|found| found != index) {
                return None;
            }
            found = Some(index);
            at += length;
        } else {
            at += 1;
        }
    }
    found
}

/// The variant with the longest name at the start of these words, and the number of its words.
fn longest_at(names: &[String], tokens: &[Token<'_>]) -> Option<(usize, usize)> {
    const MOST_WORDS: usize = 8;
    let words: Vec<String> = tokens
        .iter()
        .take(MOST_WORDS)
        .map(|t| bare_name(t.word))
        .collect();
    (1..=words.len()).rev().find_map(|length| {
        let mention = words[..length].concat();
        let same = names
            .iter()
            .enumerate()
            .filter(|(_, name)| **name == mention);
        let (index, _) = single(same)?;
        (!mention.is_empty()).then_some((index, length))
    })
}

/// The only variant that a text which was cut off can become.
pub(super) fn completed(ty: &EnumTy, text: &str) -> Result<usize, ValueError> {
    let text_name = bare_name(text);
    let exact = |variant: &str| variant.starts_with(text);
    let similar = |variant: &str| bare_name(variant).starts_with(&text_name);
    only(ty, exact)
        .or_else(|| {
            (!ty.variants.iter().any(|v| exact(&v.name)))
                .then(|| only(ty, similar))
                .flatten()
        })
        .filter(|_| !text_name.is_empty())
        .ok_or_else(|| ValueError::new(format!("is cut off after {}", brief(text))))
}

fn only(ty: &EnumTy, is: impl Fn(&str) -> bool) -> Option<usize> {
    let found = ty.variants.iter().enumerate().filter(|(_, v)| is(&v.name));
    single(found).map(|(index, _)| index)
}
