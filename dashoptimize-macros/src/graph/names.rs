//! Names: those of places, and those that patterns bind.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::{Expr, Pat};

/// A name without `r#`.
pub(crate) fn plain(ident: &Ident) -> String {
    ident.unraw().to_string()
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
