//! A signature that is written as a text: `"question -> answer: float"`. The runtime reads it; what can be
//! seen here is an error of the compiler.

use proc_macro2::Span;
use syn::{Expr, ExprLit, Lit};

use crate::nearest::nearest;

/// The types that a field may have, and the words that hold others.
const TYPES: [&str; 32] = [
    "str", "String", "string", "int", "i64", "i8", "i16", "i32", "isize", "u8", "u16", "u32",
    "u64", "usize", "float", "f64", "f32", "bool", "Any", "Value", "Optional", "Option", "list",
    "List", "Vec", "dict", "Dict", "HashMap", "BTreeMap", "Union", "Literal", "None",
];

/// Rejects a literal that is not a signature. Other values are checked when the module is made.
pub(super) fn check(value: &Expr) -> syn::Result<()> {
    let Expr::Lit(ExprLit {
        lit: Lit::Str(text),
        ..
    }) = value
    else {
        return Ok(());
    };
    problem(&text.value()).map_or(Ok(()), |problem| Err(error(text.span(), &problem)))
}

fn error(span: Span, problem: &str) -> syn::Error {
    syn::Error::new(span, format!("this is not a signature: {problem}"))
}

fn problem(text: &str) -> Option<String> {
    let sides: Vec<&str> = split(text, "->");
    let [inputs, outputs] = sides[..] else {
        let form = "write inputs, one arrow and outputs, such as `question -> answer: float`";
        return Some(match sides.len() {
            1 => format!("there is no `->`; {form}"),
            _ => format!("there is a second `->`; {form}"),
        });
    };
    let mut seen = Vec::new();
    [inputs, outputs]
        .into_iter()
        .find_map(|side| problem_of_side(side, &mut seen))
}

fn problem_of_side<'t>(side: &'t str, seen: &mut Vec<&'t str>) -> Option<String> {
    split(side, ",").into_iter().find_map(|field| {
        let (name, ty) = match field.split_once(':') {
            Some((name, ty)) => (name.trim(), Some(ty.trim())),
            None => (field.trim(), None),
        };
        let found = problem_of_name(name, seen).or_else(|| ty.and_then(problem_of_type));
        seen.push(name);
        found
    })
}

fn problem_of_name(name: &str, seen: &[&str]) -> Option<String> {
    let letter = |c: char| c.is_alphabetic() || c == '_';
    let is_name = name.starts_with(letter) && name.chars().all(|c| letter(c) || c.is_numeric());
    match name {
        "" => Some("the name of a field is missing".to_owned()),
        _ if !is_name => Some(format!(
            "`{name}` is not the name of a field; use letters, digits and `_`"
        )),
        "completed" => {
            Some("`completed` is reserved for the end of a reply; use another name".to_owned())
        }
        _ if seen.contains(&name) => Some(format!("`{name}` appears twice")),
        _ => None,
    }
}

fn problem_of_type(ty: &str) -> Option<String> {
    if ty.is_empty() {
        return Some("a type is missing after `:`".to_owned());
    }
    let in_word = |c: char| c.is_alphanumeric() || c == '_';
    let plain = outside_quotes(ty);
    let mut words = plain.split(|c| !in_word(c)).filter(|word| !word.is_empty());
    let unknown = words.find(|word| !TYPES.contains(word) && !is_module(&plain, word))?;
    Some(match nearest(unknown, &TYPES) {
        Some(near) => format!("unknown type `{unknown}`; did you mean `{near}`?"),
        None => format!(
            "unknown type `{unknown}`; use `str`, `int`, `float`, `bool`, `list[…]`, `dict[str, …]`, \
             `Optional[…]` or `Literal[\"…\"]`"
        ),
    })
}

/// Whether a word is the module in a path, such as the `typing` of `typing.Optional`.
fn is_module(ty: &str, word: &str) -> bool {
    ty.contains(&format!("{word}.")) || ty.contains(&format!("{word}::"))
}

fn outside_quotes(text: &str) -> String {
    let mut quote = None;
    let keep = |c: char| match quote {
        Some(open) if c == open => {
            quote = None;
            ' '
        }
        Some(_) => ' ',
        None if matches!(c, '"' | '\'') => {
            quote = Some(c);
            ' '
        }
        None => c,
    };
    text.chars().map(keep).collect()
}

/// The parts between separators that are not in brackets or quotes.
fn split<'t>(text: &'t str, separator: &str) -> Vec<&'t str> {
    let mut parts = Vec::new();
    let (mut depth, mut quote, mut start) = (0_i32, None, 0);
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(c),
            _ if depth == 0 && at >= start && text[at..].starts_with(separator) => {
                parts.push(&text[start..at]);
                start = at + separator.len();
            }
            (None, '[' | '<') => depth += 1,
            (None, ']' | '>') if at >= start => depth -= 1,
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts
}

#[cfg(test)]
mod tests {
    use super::problem;

    #[test]
    fn what_the_runtime_reads_is_no_problem() {
        for text in [
            "question -> answer",
            "context: list[str], question -> reasoning, answer: float | None",
            "q -> yes: Literal[\"yes\", 'no, or -> so'], n: dict[str, list[int]]",
            "frage, größe: Vec<Option<u8>> -> antwort: HashMap<String, f64>",
            "a -> b: typing.Optional[str], c: std::string::String",
        ] {
            assert_eq!(problem(text), None, "{text}");
        }
    }

    #[test]
    fn each_mistake_is_named() {
        for (text, part) in [
            ("question", "there is no `->`"),
            ("a -> b -> c", "a second `->`"),
            ("-> b", "the name of a field is missing"),
            ("a ->", "the name of a field is missing"),
            ("a,, b -> c", "the name of a field is missing"),
            ("a b -> c", "`a b` is not the name of a field"),
            ("a -> a", "`a` appears twice"),
            ("a -> completed", "`completed` is reserved"),
            ("a -> b: flaot", "did you mean `float`?"),
            ("a -> b: list[strr]", "did you mean `str`?"),
            ("a -> b:", "a type is missing"),
        ] {
            let found = problem(text).unwrap_or_default();
            assert!(found.contains(part), "{text}: {found}");
        }
    }
}
