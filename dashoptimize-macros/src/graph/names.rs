//! Which names an expression reads.
//!
//! Names are looked for in tokens and not in syntax, so that code inside macros (`format!`) and
//! unfinished code are seen as well. A surplus name causes a surplus edge, never a wrong one.

use proc_macro2::{Delimiter, Ident, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::{Expr, Pat};

/// A name without `r#`.
pub(crate) fn plain(ident: &Ident) -> String {
    ident.unraw().to_string()
}

/// A name that is read, and where.
#[derive(Clone)]
pub(crate) struct Read {
    pub(crate) name: String,
    pub(crate) span: Span,
}

/// All names in the tokens that may be values: not fields, methods, paths, calls or keys.
pub(crate) fn reads(tokens: &TokenStream) -> Vec<Read> {
    let mut found = Vec::new();
    scan(tokens.clone(), false, &mut found);
    found
}

fn scan(tokens: TokenStream, in_braces: bool, found: &mut Vec<Read>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    for (index, token) in tokens.iter().enumerate() {
        match token {
            TokenTree::Group(group) => {
                let braces = group.delimiter() == Delimiter::Brace;
                scan(group.stream(), braces, found);
            }
            TokenTree::Ident(ident) if is_value(&tokens, index, in_braces) => {
                let name = ident.to_string();
                if !is_struct(&name, tokens.get(index + 1)) {
                    let span = ident.span();
                    found.push(Read { name, span });
                }
            }
            TokenTree::Literal(literal) => in_format(literal, found),
            _ => {}
        }
    }
}

fn is_value(tokens: &[TokenTree], index: usize, in_braces: bool) -> bool {
    let punct = |index: Option<usize>| match index.and_then(|index| tokens.get(index)) {
        Some(TokenTree::Punct(punct)) => punct.as_char(),
        _ => ' ',
    };
    let before = punct(index.checked_sub(1));
    let before_that = punct(index.checked_sub(2));
    let after = punct(Some(index + 1));
    let after_that = punct(Some(index + 2));
    let is_member = before == '.' && before_that != '.';
    let in_path = (before == ':' && before_that == ':') || (after == ':' && after_that == ':');
    let is_macro = after == '!' && after_that != '=';
    let is_key = in_braces && after == ':' && after_that != ':' && before != '?';
    let is_call = matches!(
        tokens.get(index + 1),
        Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Parenthesis
    );
    !(is_member || in_path || is_macro || is_key || is_call || before == '\'')
}

/// The name of a struct literal.
fn is_struct(name: &str, after: Option<&TokenTree>) -> bool {
    let in_braces = matches!(
        after,
        Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace
    );
    in_braces && name.starts_with(char::is_uppercase)
}

/// `"{question}"` in a format string reads `question`.
fn in_format(literal: &proc_macro2::Literal, found: &mut Vec<Read>) {
    let text = literal.to_string();
    if !text.ends_with('"') && !text.ends_with('#') {
        return;
    }
    for piece in text.split('{').skip(1) {
        let name: String = piece
            .chars()
            .take_while(|c| c.is_alphanumeric() || *c == '_')
            .collect();
        let rest = &piece[name.len()..];
        if !name.is_empty() && (rest.starts_with('}') || rest.starts_with(':')) {
            found.push(Read {
                name,
                span: literal.span(),
            });
        }
    }
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
        assert_eq!(read("search(query.text, top_k)"), ["query", "top_k"]);
        assert_eq!(read("a::b(c) + d::E"), ["c"]);
        assert_eq!(
            read("Answer { text: draft.text, notes }"),
            ["draft", "notes"]
        );
        assert_eq!(read("format!(\"{question} {}\", n)"), ["question", "n"]);
        assert_eq!(read("x.map(|y| y.len()).unwrap()"), ["x", "y", "y"]);
        assert_eq!(read("0..n"), ["n"]);
        assert_eq!(read("a != b"), ["a", "b"]);
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
