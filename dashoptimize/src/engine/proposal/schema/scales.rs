//! Whether a text changes the scale of a number.

use super::sentence::{Sentence, Token, same, sentences};
use crate::signature::{Constraint, Field, SignatureSpec, Ty};

/// Words of a sentence about a scale.
const CUES: [&str; 16] = [
    "scale", "rate", "rates", "rated", "rating", "ratings", "score", "scores", "scored", "scoring",
    "grade", "grades", "grading", "rank", "points", "stars",
];

/// What a range counts, if it is not a scale.
const COUNTED: [&str; 24] = [
    "word",
    "words",
    "sentence",
    "sentences",
    "character",
    "characters",
    "letters",
    "line",
    "lines",
    "paragraph",
    "paragraphs",
    "bullet",
    "bullets",
    "item",
    "items",
    "step",
    "steps",
    "example",
    "examples",
    "times",
    "tokens",
    "minutes",
    "days",
    "years",
];

/// A scale, or its upper end alone.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Scale {
    lower: Option<f64>,
    upper: f64,
    /// Whether it is said to be all of the scale: `from 1 to 5`, and not `1 to 2 is bad`.
    is_whole: bool,
}

/// What a text says against the scales of the outputs of a signature, whose prompt is this one.
pub(super) fn contradiction(
    spec: &SignatureSpec,
    prompt: &str,
    proposed: &[Sentence<'_>],
) -> Option<String> {
    let numbers: Vec<&Field> = spec
        .outputs()
        .filter(|field| is_number(&field.ty))
        .collect();
    if numbers.is_empty() {
        return None;
    }
    let known_sentences = sentences(prompt, None);
    let known = |field: &Field| known_scales(field, &numbers, &known_sentences);
    proposed.iter().find_map(|sentence| {
        let about = about(sentence, &numbers)?;
        let known: Vec<Scale> = about.iter().flat_map(|field| known(field)).collect();
        let scale = scales(sentence).find(|scale| !known.iter().any(|known| scale.fits(*known)))?;
        let first = known.first()?;
        Some(format!(
            "it says {}, and the scale is {}",
            scale.words(),
            first.words()
        ))
    })
}

/// The numbers that a sentence is about: those that it names, or all of them if it is about a scale.
fn about<'f>(sentence: &Sentence<'_>, numbers: &[&'f Field]) -> Option<Vec<&'f Field>> {
    let named: Vec<&Field> = numbers
        .iter()
        .copied()
        .filter(|field| sentence.names(&field.name))
        .collect();
    match named.is_empty() {
        false => Some(named),
        true => sentence.has_one_of(&CUES).then(|| numbers.to_vec()),
    }
}

/// The scales that the checks of a field state, or else the sentences of the prompt that are about it.
fn known_scales(field: &Field, numbers: &[&Field], prompt: &[Sentence<'_>]) -> Vec<Scale> {
    let checks = field
        .checks
        .iter()
        .filter_map(|check| match check.constraint {
            Constraint::Range { min, max } if min.is_finite() && max.is_finite() => Some(Scale {
                lower: Some(min),
                upper: max,
                is_whole: true,
            }),
            _ => None,
        });
    let checks: Vec<Scale> = checks.collect();
    if !checks.is_empty() {
        return checks;
    }
    let is_about = |sentence: &&Sentence<'_>| {
        about(sentence, numbers).is_some_and(|fields| fields.iter().any(|f| f.name == field.name))
    };
    let stated = prompt.iter().filter(is_about).flat_map(scales);
    stated
        .filter(|scale| !is_of_type(*scale, &field.ty))
        .collect()
}

/// Whether a scale is that of all values of a type, such as 0 to 255, which says nothing about the meaning.
#[expect(
    clippy::float_cmp,
    reason = "the ends of a scale are written as they are"
)]
fn is_of_type(scale: Scale, ty: &Ty) -> bool {
    match ty {
        Ty::Int { min, max } => scale.lower == Some(*min as f64) && scale.upper == *max as f64,
        Ty::Optional(ty) | Ty::List(ty) => is_of_type(scale, ty),
        _ => false,
    }
}

fn is_number(ty: &Ty) -> bool {
    match ty {
        Ty::Int { .. } | Ty::Float => true,
        Ty::Optional(ty) | Ty::List(ty) => is_number(ty),
        _ => false,
    }
}

/// The scales in a sentence: `1 to 5`, `1-5`, `between 1 and 5`, `out of 5`, `5-point`, `5 stars`, `percent`.
fn scales<'s>(sentence: &'s Sentence<'_>) -> impl Iterator<Item = Scale> + 's {
    let tokens = &sentence.tokens;
    (0..tokens.len()).filter_map(move |index| {
        let before = tokens[..index].last();
        let is_inside = before.is_some_and(|token| number(*token).is_some());
        let scale = range(before, &tokens[index..]).or_else(|| upper_end(&tokens[index..]));
        scale.filter(|_| !is_inside)
    })
}

fn range(before: Option<&Token<'_>>, tokens: &[Token<'_>]) -> Option<Scale> {
    let (lower, rest) = signed(tokens)?;
    let (link, rest) = rest.split_first()?;
    let is_link = matches!(link, Token::Mark('-' | '–' | '—' | '…'))
        || link.is_one_of(&["to", "through", "and"]);
    let (upper, rest) = signed(rest).filter(|_| is_link)?;
    let is_followed_by = |words| {
        rest.first()
            .is_some_and(|next: &Token<'_>| next.is_one_of(words))
    };
    if upper <= lower || is_followed_by(&COUNTED) {
        return None;
    }
    let is_whole = before.is_some_and(|before| before.is_one_of(&["from", "between", "of"]));
    Some(Scale {
        lower: Some(lower),
        upper,
        is_whole: is_whole && !is_followed_by(&["is", "are", "means", "mean"]),
    })
}

fn upper_end(tokens: &[Token<'_>]) -> Option<Scale> {
    let upper = match tokens {
        [out, of, rest @ ..] if out.is_one_of(&["out"]) && of.is_one_of(&["of"]) => signed(rest)?.0,
        [points, Token::Mark('-'), point, ..] if point.is_one_of(&["point"]) => number(*points)?,
        [stars, word, ..] if word.is_one_of(&["stars"]) => number(*stars)?,
        [percent, ..] if percent.is_one_of(&["percent", "percentage"]) => 100.0,
        _ => return None,
    };
    Some(Scale {
        lower: None,
        upper,
        is_whole: true,
    })
}

/// The number that tokens start with, and what follows. A decimal point is a mark between two words of digits.
fn signed<'a, 't>(tokens: &'a [Token<'t>]) -> Option<(f64, &'a [Token<'t>])> {
    let (sign, tokens) = match tokens {
        [Token::Mark('-' | '−'), rest @ ..] => (-1.0, rest),
        _ => (1.0, tokens),
    };
    let (first, rest) = tokens.split_first()?;
    let whole = number(*first)?;
    if let [Token::Mark('.'), decimals, rest @ ..] = rest
        && let Some(decimals) = decimals.word().filter(|word| is_digits(word))
    {
        let text = format!("{whole}.{decimals}");
        return Some((sign * text.parse::<f64>().ok()?, rest));
    }
    Some((sign * whole, rest))
}

fn number(token: Token<'_>) -> Option<f64> {
    const WORDS: [&str; 11] = [
        "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    ];
    let word = token.word()?;
    if is_digits(word) {
        return word.parse().ok();
    }
    let spelled = WORDS.iter().position(|one| same(one, word))?;
    u8::try_from(spelled).ok().map(f64::from)
}

fn is_digits(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit())
}

impl Scale {
    /// Whether it can be the known one.
    #[expect(
        clippy::float_cmp,
        reason = "the ends of a scale are written as they are"
    )]
    fn fits(self, known: Self) -> bool {
        let points = |scale: Self| scale.lower.map(|lower| scale.upper - lower + 1.0);
        match (self.lower, known.lower) {
            (Some(lower), Some(least)) if self.is_whole => {
                (lower, self.upper) == (least, known.upper)
            }
            (Some(lower), Some(least)) => lower >= least && self.upper <= known.upper,
            _ => self.upper == known.upper || points(known) == Some(self.upper),
        }
    }

    fn words(self) -> String {
        match self.lower {
            Some(lower) => format!("{lower} to {}", self.upper),
            None => format!("up to {}", self.upper),
        }
    }
}
