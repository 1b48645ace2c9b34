//! What tokens may read that are not an expression yet, or are inside a macro of which nothing is known. A
//! surplus name causes a surplus edge, never a mistake.

use proc_macro2::{Delimiter, TokenStream, TokenTree};

use super::format_string;
use super::read::{How, Read};

/// All names that may be values: not fields, methods, paths or keys.
pub(super) fn loose_reads(tokens: &TokenStream) -> Vec<Read> {
    let mut found = Vec::new();
    scan(tokens.clone(), false, &mut found);
    found
}

fn scan(tokens: TokenStream, in_braces: bool, found: &mut Vec<Read>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut texts = 0;
    for (index, token) in tokens.iter().enumerate() {
        match token {
            TokenTree::Group(group) => {
                let braces = group.delimiter() == Delimiter::Brace;
                scan(group.stream(), braces, found);
            }
            TokenTree::Ident(ident) if is_value(&tokens, index, in_braces) => {
                let name = ident.to_string();
                if !is_struct(&name, tokens.get(index + 1)) {
                    let (span, how) = (ident.span(), How::Guessed);
                    found.push(Read { name, span, how });
                }
            }
            // Only the first text may be a format string.
            TokenTree::Literal(literal) if texts == 0 => {
                texts += usize::from(in_format(literal, found));
            }
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
    !(is_member || in_path || is_macro || is_key || before == '\'')
}

/// The name of a struct literal.
fn is_struct(name: &str, after: Option<&TokenTree>) -> bool {
    let in_braces = matches!(
        after,
        Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace
    );
    in_braces && name.starts_with(char::is_uppercase)
}

/// Whether it is a text; it may read names.
fn in_format(literal: &proc_macro2::Literal, found: &mut Vec<Read>) -> bool {
    let Ok(text) = syn::parse_str::<syn::LitStr>(&literal.to_string()) else {
        return false;
    };
    let (span, how) = (literal.span(), How::Guessed);
    let names = format_string::names(&text.value()).into_iter();
    found.extend(names.map(|name| Read { name, span, how }));
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_may_read_what_is_no_field_path_or_key() {
        for (tokens, expected) in [
            ("query.text, top_k", &["query", "top_k"] as &[&str]),
            ("a::b(c) + d::E", &["c"]),
            ("{ \"q\": question, n: m }", &["question", "m"]),
            ("\"{a} {{b}}\", \"{c}\", d", &["a", "d"]),
            ("shout(x) != 'a'", &["shout", "x"]),
        ] {
            let tokens = tokens.parse().expect("tokens");
            let found: Vec<String> = loose_reads(&tokens)
                .into_iter()
                .map(|read| read.name)
                .collect();
            assert_eq!(found, expected);
        }
    }
}
