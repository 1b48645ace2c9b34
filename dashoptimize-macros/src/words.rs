//! Texts that reach the prompt: literals, other const expressions, doc comments.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};
use syn::{Attribute, Expr, ExprLit, Lit, LitStr, Meta};

/// An expression of type `&'static str`.
#[derive(Clone)]
pub(crate) enum Words {
    Literal(LitStr),
    /// A const, `include_str!("…")` or similar.
    Const(TokenStream),
}

impl Words {
    pub(crate) fn new(text: &str, span: Span) -> Self {
        Self::Literal(LitStr::new(text, span))
    }

    /// The value of an option such as `desc = …`.
    pub(crate) fn from_value(key: &str, value: Expr) -> syn::Result<Self> {
        let other = match text_literal(value) {
            Ok(text) => return Ok(Self::Literal(text)),
            Err(other) => other,
        };
        if matches!(*other, Expr::Lit(_)) {
            let message = format!("`{key}` takes a text; write `{key} = \"…\"`");
            return Err(syn::Error::new_spanned(other, message));
        }
        // A const or `include_str!("…")`: the type is checked by rustc, under these tokens.
        Ok(Self::Const(other.into_token_stream()))
    }

    /// The text of the doc comments, if there are any.
    pub(crate) fn from_docs(attrs: &[Attribute]) -> Option<Self> {
        let docs: Vec<Expr> = attrs.iter().filter_map(doc_value).collect();
        let span = docs.first()?.to_token_stream().into_iter().next()?.span();
        let texts: Option<Vec<String>> = docs.iter().map(literal).collect();
        Some(match texts {
            Some(texts) => Self::new(&joined(&texts), span),
            None => {
                let lines = docs.iter().map(|doc| match literal(doc) {
                    Some(text) => joined(&[text]).into_token_stream(),
                    None => doc.to_token_stream(),
                });
                Self::Const(quote!(::core::concat!(#(#lines, "\n"),*)))
            }
        })
    }
}

impl ToTokens for Words {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match self {
            Self::Literal(text) => text.to_tokens(tokens),
            // The const only gives the expression a type to be checked against.
            Self::Const(words) => tokens.extend(quote!({
                const __WORDS: &::core::primitive::str = #words;
                __WORDS
            })),
        }
    }
}

/// `macro_rules!` callers wrap what they pass on in invisible groups.
pub(crate) fn peeled(expr: Expr) -> Expr {
    match expr {
        Expr::Group(group) => peeled(*group.expr),
        other => other,
    }
}

/// A string literal; anything else is returned as the error.
pub(crate) fn text_literal(expr: Expr) -> Result<LitStr, Box<Expr>> {
    match peeled(expr) {
        Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        }) => Ok(text),
        other => Err(Box::new(other)),
    }
}

fn doc_value(attr: &Attribute) -> Option<Expr> {
    match &attr.meta {
        Meta::NameValue(meta) if meta.path.is_ident("doc") => Some(peeled(meta.value.clone())),
        _ => None,
    }
}

fn literal(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        }) => Some(text.value()),
        _ => None,
    }
}

/// The lines of doc comments, without the space after `///` and the stars of `/** */`.
fn joined(docs: &[String]) -> String {
    let lines = docs.iter().flat_map(|doc| {
        let block = doc.contains('\n');
        doc.split('\n')
            .map(move |line| match line.trim_start().strip_prefix('*') {
                Some(rest) if block => rest.strip_prefix(' ').unwrap_or(rest),
                _ if block => line.trim_start(),
                _ => line.strip_prefix(' ').unwrap_or(line),
            })
    });
    let lines: Vec<&str> = lines.map(str::trim_end).collect();
    lines.join("\n").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use syn::parse_quote;

    use super::*;

    fn words(attrs: &[Attribute]) -> Option<String> {
        Words::from_docs(attrs).map(|words| words.into_token_stream().to_string())
    }

    #[test]
    fn doc_lines_become_one_text() {
        let attrs: Vec<Attribute> = vec![
            parse_quote!(#[doc = " First."]),
            parse_quote!(#[doc = ""]),
            parse_quote!(#[doc = "   - indented"]),
        ];
        assert_eq!(
            words(&attrs).as_deref(),
            Some(r#""First.\n\n  - indented""#)
        );
    }

    #[test]
    fn stars_of_a_block_are_dropped() {
        let attrs: Vec<Attribute> = vec![parse_quote!(#[doc = "\n * First.\n * Second.\n "])];
        assert_eq!(words(&attrs).as_deref(), Some(r#""First.\nSecond.""#));
    }

    #[test]
    fn no_docs_are_no_words() {
        let attrs: Vec<Attribute> = vec![parse_quote!(#[doc(hidden)]), parse_quote!(#[inline])];
        assert_eq!(words(&attrs), None);
    }
}
