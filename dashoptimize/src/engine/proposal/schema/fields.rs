//! Whether a text drops or renames a field.

use std::collections::BTreeSet;

use super::sentence::{Sentence, Token, same};
use crate::signature::{SignatureSpec, Ty};

/// Words that may stand between a verb or a preposition and the name of a field.
const ARTICLES: [&str; 10] = [
    "a", "an", "the", "any", "its", "field", "output", "section", "key", "value",
];

/// What a name is called.
const CALLED: [&str; 3] = ["field", "output", "section"];

/// Verbs that drop their object.
const DROPS: [&str; 4] = ["omit", "drop", "skip", "rename"];

/// Verbs that, denied, drop their object.
const GIVES: [&str; 19] = [
    "output",
    "include",
    "write",
    "return",
    "produce",
    "give",
    "provide",
    "generate",
    "fill",
    "emit",
    "use",
    "add",
    "print",
    "mention",
    "giving",
    "writing",
    "including",
    "returning",
    "producing",
];

/// What makes leaving something out a case, or a part of it.
const SOMETIMES: [&str; 6] = ["if", "when", "unless", "where", "in", "from"];

/// What denies a verb after it.
const DENIES: [&str; 5] = ["not", "never", "don't", "don’t", "without"];

/// What a text says against the fields of a signature, whose prompt is this one.
pub(super) fn contradiction(
    spec: &SignatureSpec,
    prompt: &str,
    text: &str,
    sentences: &[Sentence<'_>],
) -> Option<String> {
    let signature = || format!("and the signature is {spec}");
    if let Some(name) = unknown_section(spec, text) {
        return Some(format!("it has a section `{name}`, {}", signature()));
    }
    if let Some(problem) = template(spec, text) {
        return Some(format!("{problem}, {}", signature()));
    }
    let problem = sentences.iter().find_map(|sentence| {
        dropped(spec, sentence).or_else(|| unknown_field(spec, prompt, sentence))
    });
    Some(format!("{}, {}", problem?, signature()))
}

/// A name in section markers, `[[ ## name ## ]]`, that no field has.
fn unknown_section<'t>(spec: &SignatureSpec, text: &'t str) -> Option<&'t str> {
    let mut names = text.split("[[ ##").skip(1).filter_map(|after| {
        let (name, _) = after.split_once("## ]]")?;
        Some(name.trim())
    });
    names.find(|name| *name != "completed" && spec.field(name).is_none())
}

/// What the template of a JSON object in the text leaves out or adds. It is one if it has the key of an output.
fn template(spec: &SignatureSpec, text: &str) -> Option<String> {
    let mut properties = BTreeSet::new();
    spec.outputs()
        .for_each(|field| add_properties(&field.ty, &mut properties));
    objects(text).find_map(|keys| {
        let is_output = |key: &&str| spec.outputs().any(|field| field.name == **key);
        if !keys.iter().any(is_output) {
            return None;
        }
        let is_known = |key: &str| spec.field(key).is_some() || properties.contains(key);
        if let Some(key) = keys.iter().find(|key| !is_known(key)) {
            return Some(format!("it shows an object with the key `{key}`"));
        }
        let mut outputs = spec.outputs();
        let left_out = outputs.find(|field| !keys.iter().any(|key| *key == field.name))?;
        Some(format!("it shows an object without `{}`", left_out.name))
    })
}

/// The keys of each object in the text that is in no other one.
fn objects(text: &str) -> impl Iterator<Item = Vec<&str>> {
    let mut starts = text.match_indices('{').map(|(start, _)| start);
    let mut end = 0;
    std::iter::from_fn(move || {
        let start = starts.find(|start| *start >= end)?;
        let (keys, length) = keys(&text[start..]);
        end = start + length;
        Some(keys)
    })
}

/// The keys of the object that the text starts with, and how long it is.
fn keys(text: &str) -> (Vec<&str>, usize) {
    let (mut keys, mut depth) = (Vec::new(), 0_usize);
    let mut chars = text.char_indices();
    while let Some((at, char)) = chars.next() {
        match char {
            '{' | '[' => depth += 1,
            '}' | ']' => depth -= 1,
            '"' => {
                let start = at + 1;
                let Some((end, _)) = chars.find(|(_, c)| *c == '"') else {
                    return (keys, text.len());
                };
                let is_key = text[end + 1..].trim_start().starts_with(':');
                if depth == 1 && is_key {
                    keys.push(&text[start..end]);
                }
            }
            _ => {}
        }
        if depth == 0 {
            return (keys, at + 1);
        }
    }
    (keys, text.len())
}

fn add_properties<'t>(ty: &'t Ty, names: &mut BTreeSet<&'t str>) {
    match ty {
        Ty::Struct(ty) => {
            for property in &*ty.properties {
                names.insert(&property.name);
                add_properties(&property.ty, names);
            }
        }
        Ty::Optional(ty) | Ty::List(ty) | Ty::Map(ty) => add_properties(ty, names),
        _ => {}
    }
}

/// What a sentence says if it drops or renames an output: `omit the field x`, `do not output x`.
fn dropped(spec: &SignatureSpec, sentence: &Sentence<'_>) -> Option<String> {
    let tokens = &sentence.tokens;
    (0..tokens.len()).find_map(|index| {
        let name = left_out(tokens, index);
        let field = name.and_then(|name| spec.outputs().find(|field| field.name == name));
        match field {
            Some(field) => Some(format!("it leaves out `{}`", field.name)),
            None => instead_of(spec, tokens, index),
        }
    })
}

/// The name that the word at this index says to leave out.
fn left_out<'t>(tokens: &[Token<'t>], index: usize) -> Option<&'t str> {
    let token = tokens[index];
    let (name, after) = object(&tokens[index + 1..])?;
    let next = after.first();
    let drops = token.is_one_of(&DROPS) || is_left_out(tokens, index);
    let denies = token.is_one_of(&GIVES) && is_denied(tokens, index);
    // `omit x if …` leaves it out sometimes, and `do not write x in …` says how to write it.
    let always = drops && !next.is_some_and(|next| next.is_one_of(&SOMETIMES));
    let ends = denies && next.is_none_or(|next| next.word().is_none());
    (always || ends).then_some(name)
}

/// `leave out`, at its second word.
fn is_left_out(tokens: &[Token<'_>], index: usize) -> bool {
    tokens[index].is_one_of(&["out"])
        && index > 0
        && tokens[index - 1].is_one_of(&["leave", "leaving"])
}

/// Whether the word at this index is denied by one of the two words before it.
fn is_denied(tokens: &[Token<'_>], index: usize) -> bool {
    let before = tokens[..index].iter().rev().take(2);
    before.clone().any(|token| token.is_one_of(&DENIES))
}

/// `y instead of x`, where `x` is an output and `y` is in quotes.
fn instead_of(spec: &SignatureSpec, tokens: &[Token<'_>], index: usize) -> Option<String> {
    let after = tokens.get(index..)?;
    let [Token::Quoted(new), instead, of, ..] = after else {
        return None;
    };
    let is_instead = instead.is_one_of(&["instead"]) && of.is_one_of(&["of"]);
    let (old, _) = object(&after[3..]).filter(|_| is_instead)?;
    let is_renamed = spec.outputs().any(|field| field.name == old) && spec.field(new).is_none();
    is_renamed.then(|| format!("it names `{old}` `{new}`"))
}

/// The name that comes next, after articles, and what follows it. A word that is not in quotes is a name only if
/// it cannot be another word.
fn object<'s, 't>(tokens: &'s [Token<'t>]) -> Option<(&'t str, &'s [Token<'t>])> {
    let articles = tokens.iter().take_while(|token| token.is_one_of(&ARTICLES));
    let (before, rest) = tokens.split_at(articles.count());
    let (first, after) = rest.split_first()?;
    let is_called = |token: Option<&Token<'_>>| token.is_some_and(|token| token.is_one_of(&CALLED));
    let called_after = is_called(after.first());
    let name = match first {
        Token::Quoted(name) => Some(*name),
        Token::Word(word) => {
            let is_name = called_after || is_called(before.last()) || word.contains('_');
            is_name.then_some(*word)
        }
        Token::Mark(_) => None,
    };
    Some((name?, if called_after { &after[1..] } else { after }))
}

/// A name that a sentence calls a field and that neither the signature nor the prompt has:
/// ``the fields `a` and `b` ``, `` the `a` field ``.
fn unknown_field(spec: &SignatureSpec, prompt: &str, sentence: &Sentence<'_>) -> Option<String> {
    let tokens = &sentence.tokens;
    let mut fields = tokens.iter().enumerate();
    fields.find_map(|(index, token)| {
        let after = &tokens[index + 1..];
        let names: Vec<&str> = if token.is_one_of(&["field", "fields"]) {
            quoted_list(after)
        } else if let (Token::Quoted(name), Some(next)) = (token, after.first()) {
            let is_field = next.is_one_of(&["field", "fields"]);
            is_field.then_some(*name).into_iter().collect()
        } else {
            return None;
        };
        let unknown = names
            .into_iter()
            .find(|name| !is_known(spec, prompt, name))?;
        Some(format!("it names a field `{unknown}`"))
    })
}

/// What is quoted next, with commas and `and` between.
fn quoted_list<'t>(tokens: &[Token<'t>]) -> Vec<&'t str> {
    let list = tokens.iter().take_while(|token| match token {
        Token::Quoted(_) | Token::Mark(',' | ':') => true,
        token => token.is_one_of(&["and", "or"]),
    });
    list.filter_map(|token| match token {
        Token::Quoted(name) => Some(*name),
        _ => None,
    })
    .collect()
}

fn is_known(spec: &SignatureSpec, prompt: &str, name: &str) -> bool {
    let is_field = spec.fields.iter().any(|field| same(&field.name, name));
    is_field || prompt.contains(name) || name.contains(char::is_whitespace)
}
