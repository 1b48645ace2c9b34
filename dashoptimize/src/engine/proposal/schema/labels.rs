//! Whether a text adds, drops or renames a value of an enum.

use super::sentence::{Sentence, Token, same};
use crate::signature::{EnumTy, SignatureSpec, Ty};

/// Words of a sentence that lists all values.
const CLOSED: [&str; 20] = [
    "options",
    "option",
    "labels",
    "label",
    "categories",
    "category",
    "classes",
    "class",
    "values",
    "allowed",
    "valid",
    "possible",
    "choices",
    "exactly",
    "only",
    "one",
    "either",
    "must",
    "following",
    "intents",
];

/// Words of a sentence whose list is not one of all values.
const PARTIAL: [&str; 12] = [
    "between", "such", "like", "example", "e", "if", "when", "unless", "confuse", "confused",
    "not", "than",
];

/// What stands between two values of a list, besides commas.
const BETWEEN: [&str; 3] = ["or", "and", "either"];

/// Verbs whose object in quotes is an answer.
const ANSWERS: [&str; 12] = [
    "answer", "output", "return", "respond", "reply", "say", "label", "classify", "choose", "pick",
    "use", "select",
];

/// Words that may stand between such a verb and the answer.
const TO: [&str; 10] = [
    "with", "it", "them", "as", "the", "a", "an", "value", "category", "label",
];

/// What a text says against the enums of a signature, whose prompt is this one.
pub(super) fn contradiction(
    spec: &SignatureSpec,
    prompt: &str,
    text: &str,
    sentences: &[Sentence<'_>],
) -> Option<String> {
    let mut enums = Vec::new();
    spec.outputs()
        .for_each(|field| add_enums(&field.name, &field.ty, &mut enums));
    enums.iter().find_map(|output| {
        let problem = sentences
            .iter()
            .find_map(|sentence| output.against(sentence, prompt, text))
            .or_else(|| output.against_items(sentences, prompt, text))?;
        Some(format!(
            "{problem}, and `{}` is one of {}",
            output.field,
            output.words()
        ))
    })
}

/// An output, or a part of one, that is one of several values.
struct EnumOutput<'s> {
    field: &'s str,
    ty: &'s EnumTy,
    /// Whether it is all of the field.
    is_field: bool,
}

/// A value in a list: the variant that it is, or its words.
enum Item<'t> {
    Variant(usize),
    Other(&'t str),
}

fn add_enums<'s>(field: &'s str, ty: &'s Ty, enums: &mut Vec<EnumOutput<'s>>) {
    match ty {
        Ty::Enum(ty) => enums.push(EnumOutput {
            field,
            ty,
            is_field: true,
        }),
        Ty::Optional(ty) | Ty::List(ty) => add_enums(field, ty, enums),
        Ty::Struct(ty) => {
            for property in &*ty.properties {
                add_enums(&property.name, &property.ty, enums);
            }
        }
        _ => {}
    }
}

impl EnumOutput<'_> {
    fn words(&self) -> String {
        let names: Vec<String> = self
            .ty
            .variants
            .iter()
            .map(|v| format!("`{}`", v.name))
            .collect();
        names.join(", ")
    }

    fn variant(&self, text: &str) -> Option<usize> {
        self.ty
            .variants
            .iter()
            .position(|variant| same(&variant.name, text))
    }

    /// What a sentence says against the enum.
    fn against(&self, sentence: &Sentence<'_>, prompt: &str, text: &str) -> Option<String> {
        let lists = lists(&sentence.tokens);
        let listed = lists.iter().find_map(|list| {
            let items: Vec<Item<'_>> = list.iter().map(|words| self.item(words)).collect();
            self.against_list(&items, is_closed(sentence), prompt, text)
        });
        listed.or_else(|| self.other_answer(sentence, prompt))
    }

    /// What the items of a list say against the enum, each item a line.
    fn against_items(
        &self,
        sentences: &[Sentence<'_>],
        prompt: &str,
        text: &str,
    ) -> Option<String> {
        let mut runs = sentences.chunk_by(|_, next| next.is_item);
        runs.find_map(|run| {
            let is_closed = is_closed(run.first()?);
            let items = run.iter().filter(|sentence| sentence.is_item);
            let items = items.filter_map(|sentence| Some(self.item(head(&sentence.tokens)?)));
            self.against_list(&items.collect::<Vec<_>>(), is_closed, prompt, text)
        })
    }

    fn item<'t>(&self, words: &'t [Token<'t>]) -> Item<'t> {
        let texts: Vec<&str> = words.iter().filter_map(|token| token.text()).collect();
        let whole = self.variant(&texts.join(" "));
        // `Answer with Refund` is the first item of a list, and `Other for all else` the last.
        let end = texts.iter().find_map(|text| self.variant(text));
        match whole.or(end) {
            Some(variant) => Item::Variant(variant),
            None => Item::Other(
                texts
                    .first()
                    .copied()
                    .filter(|_| texts.len() == 1)
                    .unwrap_or(""),
            ),
        }
    }

    /// What a list of values says against the enum: it is one if two of its items are variants.
    fn against_list(
        &self,
        items: &[Item<'_>],
        is_closed: bool,
        prompt: &str,
        text: &str,
    ) -> Option<String> {
        let is_variant = |item: &Item<'_>| matches!(item, Item::Variant(_));
        let known = items.iter().filter(|item| is_variant(item)).count();
        if known < 2 || !is_closed {
            return None;
        }
        let other = items.iter().find_map(|item| match item {
            Item::Other(word) if !word.is_empty() && !prompt.contains(word) => Some(*word),
            _ => None,
        });
        if let Some(other) = other {
            return Some(format!("it lists the value `{other}`"));
        }
        let mut variants = self.ty.variants.iter().enumerate();
        let (_, missing) = variants.find(|(index, variant)| {
            let is_listed = items
                .iter()
                .any(|item| matches!(item, Item::Variant(i) if i == index));
            !is_listed && !mentions(text, &variant.name)
        })?;
        Some(format!("it lists the values without `{}`", missing.name))
    }

    /// An answer in quotes that is no variant, where the sentence can be about no other output.
    fn other_answer(&self, sentence: &Sentence<'_>, prompt: &str) -> Option<String> {
        if !self.is_field || !sentence.names(self.field) {
            return None;
        }
        let tokens = &sentence.tokens;
        let mut verbs = (0..tokens.len()).filter(|index| tokens[*index].is_one_of(&ANSWERS));
        let answer = verbs.find_map(|index| {
            let mut after = tokens[index + 1..]
                .iter()
                .skip_while(|token| token.is_one_of(&TO));
            match after.next()? {
                Token::Quoted(answer) if !same(answer, self.field) => Some(*answer),
                _ => None,
            }
        })?;
        let is_other = self.variant(answer).is_none() && !prompt.contains(answer);
        is_other.then(|| format!("it answers `{answer}`"))
    }
}

/// Whether a list in the sentence, or after it, is one of all values.
fn is_closed(sentence: &Sentence<'_>) -> bool {
    sentence.has_one_of(&CLOSED) && !sentence.has_one_of(&PARTIAL)
}

/// Whether the text has the name, with any case and separators.
fn mentions(text: &str, name: &str) -> bool {
    let letters = |text: &str| -> String {
        let kept = text.chars().filter(|c| c.is_alphanumeric());
        kept.flat_map(char::to_lowercase).collect()
    };
    letters(text).contains(&letters(name))
}

/// The name that an item of a list starts with: what stands before a colon or a dash, or all of it.
fn head<'s, 't>(tokens: &'s [Token<'t>]) -> Option<&'s [Token<'t>]> {
    let end = tokens
        .iter()
        .position(|token| matches!(token, Token::Mark(':' | '-' | '–' | '—' | '(' | '=')));
    let head = &tokens[..end.unwrap_or(tokens.len())];
    let bold = head
        .iter()
        .take_while(|token| matches!(token, Token::Mark('*')))
        .count();
    let head = head.get(bold..)?;
    let last = head
        .iter()
        .position(|token| matches!(token, Token::Mark('*')));
    let head = &head[..last.unwrap_or(head.len())];
    (!head.is_empty()).then_some(head)
}

/// The lists in a sentence, each as the words of its items. Items stand between commas, slashes, `or` and `and`;
/// a colon, a bracket or a dash starts a new list.
fn lists<'s, 't>(tokens: &'s [Token<'t>]) -> Vec<Vec<&'s [Token<'t>]>> {
    let parts =
        tokens.split(|token| matches!(token, Token::Mark(':' | '(' | ')' | '[' | ']' | '–' | '—')));
    let lists = parts.map(|part| {
        let items = part.split(|token| {
            matches!(token, Token::Mark(',' | '/' | '|' | ';')) || token.is_one_of(&BETWEEN)
        });
        items
            .filter(|item| item.iter().any(|token| token.text().is_some()))
            .collect()
    });
    lists.collect()
}
