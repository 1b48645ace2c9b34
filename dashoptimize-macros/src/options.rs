//! `key = value, key(…)` lists of attributes.
//!
//! The list is cut at its commas before anything is parsed, so that a mistake in one option does
//! not hide the mistakes in the others.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::spanned::Spanned;
use syn::{Expr, Path};

use crate::crate_path::CratePath;
use crate::diagnostics::Diagnostics;
use crate::nearest::suggestion;

/// One option of a list.
pub(crate) struct SetOption {
    /// The key.
    pub(crate) key: Ident,
    /// What follows the key.
    pub(crate) value: SetValue,
}

/// What follows the key of an option.
pub(crate) enum SetValue {
    /// `key`
    Nothing,
    /// `key = value`
    Value(Expr),
    /// `key(…)`
    List(TokenStream),
}

impl SetOption {
    /// The options of a list. Those that cannot be read are reported, with an example, and left out.
    pub(crate) fn list(tokens: TokenStream, example: &str, errors: &mut Diagnostics) -> Vec<Self> {
        let pieces = split_at_commas(tokens).into_iter();
        pieces
            .filter_map(|piece| errors.keep(parse(piece, example)))
            .collect()
    }

    /// The value of `key = …`.
    pub(crate) fn into_value(self, example: &str) -> syn::Result<Expr> {
        match self.value {
            SetValue::Value(value) => Ok(value),
            SetValue::Nothing => Err(wanted(&self.key, self.key.span(), example)),
            SetValue::List(list) => Err(wanted(&self.key, list.span(), example)),
        }
    }

    /// The path of `crate = …`.
    pub(crate) fn into_crate_path(self) -> syn::Result<CratePath> {
        let value = self.into_value("crate = ::path::to::dashoptimize")?;
        let path = Path::parse_mod_style.parse2(value.into_token_stream())?;
        Ok(path.into())
    }

    /// The error of a key that is not known here: `place` says where, such as "a field".
    pub(crate) fn unknown(&self, place: &str, known: &[&str]) -> syn::Error {
        let key = self.key.to_string();
        let hint = suggestion(&key, known);
        let message = format!("`{key}` is not an option of {place}; {hint}");
        syn::Error::new(self.key.span(), message)
    }

    /// The error of a key that is set a second time.
    pub(crate) fn set_twice(&self) -> syn::Error {
        let message = format!("`{}` is already set; remove this one", self.key);
        syn::Error::new(self.key.span(), message)
    }

    /// The tokens inside `key(…)`.
    pub(crate) fn into_list(self, example: &str) -> syn::Result<TokenStream> {
        match self.value {
            SetValue::List(list) if !list.is_empty() => Ok(list),
            SetValue::Value(value) => Err(wanted(&self.key, value.span(), example)),
            _ => Err(wanted(&self.key, self.key.span(), example)),
        }
    }
}

fn wanted(key: &Ident, span: Span, example: &str) -> syn::Error {
    syn::Error::new(span, format!("`{key}` is written `{example}`"))
}

fn parse(piece: TokenStream, example: &str) -> syn::Result<SetOption> {
    let last = piece
        .clone()
        .into_iter()
        .last()
        .map_or_else(Span::call_site, |token| token.span());
    let parser = |input: ParseStream| {
        let start = input.span();
        let key = input.call(Ident::parse_any).map_err(|_| {
            syn::Error::new(
                start,
                format!("an option starts with its name, as in `{example}`"),
            )
        })?;
        let value = if input.peek(syn::token::Paren) {
            let content;
            syn::parenthesized!(content in input);
            SetValue::List(content.parse()?)
        } else if input.is_empty() {
            SetValue::Nothing
        } else {
            SetValue::Value(value(&key, input, last)?)
        };
        if input.is_empty() {
            Ok(SetOption { key, value })
        } else {
            Err(input.error(format!(
                "`{key}` ends before this; write a comma between options"
            )))
        }
    };
    parser.parse2(piece)
}

fn value(key: &Ident, input: ParseStream, last: Span) -> syn::Result<Expr> {
    if !input.peek(syn::Token![=]) {
        return Err(input.error(format!("`{key}` takes its value after `=`")));
    }
    let equals: syn::Token![=] = input.parse()?;
    if input.is_empty() {
        return Err(syn::Error::new(
            equals.span,
            format!("the value of `{key}` is missing here"),
        ));
    }
    input.parse().map_err(|error| within(&error, last))
}

/// An error at the end of cut-out tokens has no position; the last token is the nearest one.
pub(crate) fn within(error: &syn::Error, last: Span) -> syn::Error {
    match error.to_string().strip_prefix("unexpected end of input, ") {
        Some(expected) => {
            syn::Error::new(last, format!("something is missing after this; {expected}"))
        }
        None => error.clone(),
    }
}

/// The tokens between commas. A comma at the end adds no empty piece; the commas of a turbofish
/// `::<A, B>` and of the parameters of a closure `|a, b|` stay inside their piece.
pub(crate) fn split_at_commas(tokens: TokenStream) -> Vec<TokenStream> {
    let mut pieces = vec![TokenStream::new()];
    let mut inside = Inside::default();
    for token in tokens {
        inside.pass(&token);
        let is_comma = matches!(&token, TokenTree::Punct(punct) if punct.as_char() == ',');
        match pieces.last_mut() {
            Some(piece) if !is_comma || inside.is_any() => piece.extend([token]),
            _ => pieces.push(TokenStream::new()),
        }
    }
    pieces.retain(|piece| !piece.is_empty());
    pieces
}

/// Pieces that each end with a token for which `ends` holds.
pub(crate) fn split_after(
    tokens: TokenStream,
    ends: impl Fn(&TokenTree) -> bool,
) -> Vec<TokenStream> {
    let mut pieces = vec![TokenStream::new()];
    for token in tokens {
        let is_last = ends(&token);
        if let Some(piece) = pieces.last_mut() {
            piece.extend([token]);
        }
        if is_last {
            pieces.push(TokenStream::new());
        }
    }
    pieces.retain(|piece| !piece.is_empty());
    pieces
}

/// What is open at a token.
#[derive(Default)]
pub(crate) struct Inside {
    /// The token before, if it is a sign or a word before a closure.
    before: char,
    turbofish: usize,
    closure: bool,
}

impl Inside {
    pub(crate) const fn is_any(&self) -> bool {
        self.turbofish > 0 || self.closure
    }

    pub(crate) fn pass(&mut self, token: &TokenTree) {
        let now = match token {
            TokenTree::Punct(punct) => punct.as_char(),
            TokenTree::Ident(ident) if ident == "move" || ident == "async" => '=',
            _ => ' ',
        };
        match (self.before, now) {
            ('=', '|') => self.closure = true,
            (_, '|') => self.closure = false,
            (':', '<') => self.turbofish += 1,
            (_, '<') if self.turbofish > 0 => self.turbofish += 1,
            ('-' | '=', '>') => {}
            (_, '>') => self.turbofish = self.turbofish.saturating_sub(1),
            _ => {}
        }
        self.before = now;
    }
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::*;

    #[test]
    fn commas_cut_only_between_options() {
        let pieces = split_at_commas(quote!(a = f(1, 2), b = g::<X, Y<Z, W>>(), c(0 >= 1, 2),));
        let pieces: Vec<String> = pieces.iter().map(ToString::to_string).collect();
        assert_eq!(pieces.len(), 3, "{pieces:?}");
    }

    #[test]
    fn the_parameters_of_a_closure_are_no_options() {
        let options = quote!(
            a = |_, b: &X<Y, Z>| b | c,
            d = move || 1,
            e = async move |f, g| 2,
            h = 3
        );
        let pieces = split_at_commas(options);
        let pieces: Vec<String> = pieces.iter().map(ToString::to_string).collect();
        assert_eq!(pieces.len(), 4, "{pieces:?}");
    }

    #[test]
    fn one_bad_option_does_not_hide_another() {
        let mut errors = Diagnostics::default();
        let options = SetOption::list(
            quote!(desc =, 3, prefix "P:", rename = "r"),
            "a = 1",
            &mut errors,
        );
        assert_eq!(options.len(), 1);
        let errors = errors.finish(()).unwrap_err();
        let messages: Vec<String> = errors.into_iter().map(|error| error.to_string()).collect();
        assert_eq!(
            messages,
            [
                "the value of `desc` is missing here",
                "an option starts with its name, as in `a = 1`",
                "`prefix` takes its value after `=`",
            ]
        );
    }
}
