//! Code as labels of nodes and edges.

use proc_macro2::{Spacing, TokenStream, TokenTree};
use quote::ToTokens;

use super::NodeModule;
use crate::editor::{self, without_marker};

pub(super) fn module_label(module: &NodeModule) -> String {
    match module {
        NodeModule::Kind { name, of, .. } => {
            format!("{name}<{}>", type_label(of.to_token_stream()))
        }
        NodeModule::Named(path) => {
            let last = path.segments.last();
            last.map(|segment| segment.ident.to_string())
                .unwrap_or_default()
        }
    }
}

/// A type as a person would write it: `Vec<String>`.
pub(crate) fn type_label(ty: TokenStream) -> String {
    let label = code_label(ty);
    label
        .replace(" < ", "<")
        .replace(" >", ">")
        .replace("& ", "&")
}

/// Tokens as a person would write them, cut to what a box can hold.
pub(crate) fn code_label(tokens: TokenStream) -> String {
    const LONGEST: usize = 32;
    let tokens = match editor::asks() {
        // Nothing is completed in a text, and the marker must not change its length.
        true => without_marker(tokens),
        false => tokens,
    };
    let mut text = String::new();
    write(tokens, &mut text);
    match text.char_indices().nth(LONGEST) {
        Some((cut, _)) => format!("{}…", text[..cut].trim_end()),
        None => text,
    }
}

fn write(tokens: TokenStream, text: &mut String) {
    let mut glued = true;
    for token in tokens {
        match token {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    proc_macro2::Delimiter::Parenthesis => ("(", ")"),
                    proc_macro2::Delimiter::Brace => (" { ", " }"),
                    proc_macro2::Delimiter::Bracket => ("[", "]"),
                    proc_macro2::Delimiter::None => ("", ""),
                };
                text.push_str(open);
                write(group.stream(), text);
                text.push_str(close);
                glued = false;
            }
            TokenTree::Punct(punct) => {
                let c = punct.as_char();
                let tight = matches!(c, '.' | ':' | '&' | '!' | '?' | '\'');
                let spaced = !tight
                    && c != ','
                    && !glued
                    && !text.ends_with(['=', '<', '>', '|', '&', '-', '!']);
                if spaced {
                    text.push(' ');
                }
                text.push(c);
                glued = tight;
                let is_path = text.ends_with("::") || punct.spacing() == Spacing::Joint;
                if c == ',' || (c == ':' && !is_path) {
                    text.push(' ');
                    glued = true;
                }
            }
            token => {
                let after_group = text.ends_with([' ', '(', '[', '.', ':', '&', '!']);
                if !glued && !text.is_empty() && !after_group {
                    text.push(' ');
                }
                match token.to_string() {
                    lifted if lifted.starts_with("__lifted_") => text.push('…'),
                    token => text.push_str(&token),
                }
                glued = false;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_read_like_source() {
        for (source, label) in [
            ("search(query.text, top_k)", "search(query.text, top_k)"),
            ("Kind::Hard", "Kind::Hard"),
            ("draft.score < 0.8", "draft.score < 0.8"),
            ("Some(text)", "Some(text)"),
            ("a.b()?", "a.b()?"),
            ("Answer { text: a, n }", "Answer { text: a, n }"),
        ] {
            let tokens = source.parse().expect("tokens");
            assert_eq!(code_label(tokens), label);
        }
    }
}
