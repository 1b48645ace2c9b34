//! Names: those that code reads, and those that patterns bind.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::ext::IdentExt;
use syn::{Expr, Pat};

use super::code_reads::code_reads;
use super::loose_reads::loose_reads;

/// A name without `r#`.
pub(crate) fn plain(ident: &Ident) -> String {
    ident.unraw().to_string()
}

/// A name that is read, and where.
#[derive(Clone)]
pub(crate) struct Read {
    pub(crate) name: String,
    pub(crate) span: Span,
    pub(crate) how: How,
}

/// How a name is read, which says whether only a step or an input can be meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum How {
    /// `query.text`, `n + 1`
    Value,
    /// `f(parse)`, which may be a function.
    Passed,
    /// `shout(text)`, which is a function unless a step or an input has this name.
    Called,
    /// In tokens that are not an expression.
    Guessed,
}

/// The names that code reads.
pub(crate) fn reads(tokens: &TokenStream) -> Vec<Read> {
    // `.trim()?` continues an expression.
    let parsed = syn::parse2::<Expr>(tokens.clone())
        .or_else(|_| syn::parse2(quote!(__made #tokens)))
        .map(|expr| code_reads(&expr));
    let mut found = parsed.unwrap_or_else(|_| loose_reads(tokens));
    found.retain(|read| read.name != "__made");
    found
}

/// The name at the root of a place: `query` of `query.text`, of `(query)` and of `query`.
pub(crate) fn root(expr: &Expr) -> Option<&Ident> {
    match expr {
        Expr::Path(path) if path.qself.is_none() => path.path.get_ident(),
        Expr::Field(field) => root(&field.base),
        Expr::Paren(paren) => root(&paren.expr),
        Expr::Group(group) => root(&group.expr),
        _ => None,
    }
}

/// The names that a pattern binds. One that starts with a capital is a constant or a variant.
pub(crate) fn bound(pat: &Pat) -> Vec<Ident> {
    let mut names = Vec::new();
    bind(pat.to_token_stream(), &mut names);
    names
}

fn bind(tokens: TokenStream, names: &mut Vec<Ident>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    for (index, token) in tokens.iter().enumerate() {
        match token {
            TokenTree::Group(group) => bind(group.stream(), names),
            TokenTree::Ident(ident) => {
                let is_keyword =
                    ["ref", "mut", "true", "false", "_"].contains(&&*ident.to_string());
                let is_binding = is_value_of_pattern(&tokens, index);
                let begins_low = !ident.to_string().starts_with(char::is_uppercase);
                let is_new = names.iter().all(|name| name != ident);
                if !is_keyword && is_binding && begins_low && is_new {
                    names.push(ident.clone());
                }
            }
            _ => {}
        }
    }
}

/// Not a segment of a path, and not the key of `key: pattern`.
fn is_value_of_pattern(tokens: &[TokenTree], index: usize) -> bool {
    let punct = |index: Option<usize>| match index.and_then(|index| tokens.get(index)) {
        Some(TokenTree::Punct(punct)) => punct.as_char(),
        _ => ' ',
    };
    punct(Some(index + 1)) != ':' && punct(index.checked_sub(1)) != ':'
        || is_after_key(tokens, index)
}

/// The pattern in `key: pattern`.
fn is_after_key(tokens: &[TokenTree], index: usize) -> bool {
    let is_colon = |index: Option<usize>| {
        let token = index.and_then(|index| tokens.get(index));
        matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == ':')
    };
    is_colon(index.checked_sub(1)) && !is_colon(index.checked_sub(2)) && !is_colon(Some(index + 1))
}

#[cfg(test)]
mod tests {
    use syn::parse::Parser;

    use super::*;

    fn read(code: &str) -> Vec<String> {
        let tokens = code.parse().expect("tokens");
        reads(&tokens).into_iter().map(|read| read.name).collect()
    }

    #[test]
    fn values_are_read_and_all_else_is_not() {
        for (code, expected) in [
            ("search(query.text, top_k)", "search query top_k"),
            ("a::b(c) + d::E", "c"),
            ("Answer { text: draft.text, notes }", "draft notes"),
            ("x.map(|y| y.len() + z).unwrap()", "x z"),
            ("x.map(|(y, Some(w)): (u8, A)| f(y, w, v))", "x f v"),
            ("0..n", "n"),
            ("a != b", "a b"),
            (".trim(a)?", "a"),
            ("{ let a = b; let (c, d) = a; fn g() {} c + d + g() }", "b"),
            ("if let Some(a) = b && a > c { a } else { d }", "b c d"),
            ("match a { Some(b) if b > c => b, e => f.g }", "a c f"),
            ("for a in b { while a < c { d } }", "b c d"),
            ("async move { loop { break a } }", "a"),
            ("T { a, ..b }", "a b"),
        ] {
            assert_eq!(read(code).join(" "), expected, "{code}");
        }
    }

    #[test]
    fn only_the_first_text_of_a_formatting_macro_is_a_format_string() {
        for (code, expected) in [
            ("format!(\"{question} {}\", n)", "n question"),
            ("format!(\"{{answer}}: {question}\")", "question"),
            ("format!(\"{n} items\", n = question.len())", "question"),
            ("format!(\"{}\", \"{a}\")", ""),
            ("write!(out, \"{a}\")", "out a"),
            ("T.replace(\"{answer}\", &question)", "T question"),
            ("vec![\"{a}\", b]", "b"),
            ("vec![a; n]", "a n"),
            ("matches!(a, Some(b) if b > c)", "a c"),
            ("json!({ \"q\": question, \"{a}\": b })", "question b"),
            ("bail!(\"no {question}\")", "question"),
            ("assert!(a > b, \"{c}\")", "a b c"),
        ] {
            assert_eq!(read(code).join(" "), expected, "{code}");
        }
    }

    #[test]
    fn patterns_bind_what_they_name() {
        let bound = |pat: &str| -> Vec<String> {
            let pat = Pat::parse_multi.parse_str(pat).expect("a pattern");
            super::bound(&pat).iter().map(ToString::to_string).collect()
        };
        assert_eq!(bound("Kind::Other(text)"), ["text"]);
        assert_eq!(bound("(a, mut b)"), ["a", "b"]);
        assert_eq!(bound("P { x, y: z, .. }"), ["x", "z"]);
        assert_eq!(bound("A | B"), [""; 0]);
        assert_eq!(bound("Some(n @ 1..=3)"), ["n"]);
    }
}
