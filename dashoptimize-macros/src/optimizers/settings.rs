//! The settings of a stage: `seeds: -3..3, embedded`.

use proc_macro2::{Ident, Span, TokenStream};
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Expr, Token};

use crate::diagnostics::Diagnostics;
use crate::options::{split_at_commas, within};

/// One setting: a method of the optimizer, and its argument if it has one.
pub(super) struct Setting {
    pub(super) key: Ident,
    pub(super) value: Option<Expr>,
}

impl Setting {
    /// The settings of a stage. Those that cannot be read are reported and left out.
    pub(super) fn list(tokens: TokenStream, errors: &mut Diagnostics) -> Vec<Self> {
        let mut settings: Vec<Self> = Vec::new();
        for piece in split_at_commas(tokens) {
            let Some(setting) = errors.keep(parse(piece)) else {
                continue;
            };
            if settings.iter().any(|earlier| earlier.key == setting.key) {
                let message = format!("`{}` is set twice; remove one", setting.key);
                errors.at(setting.key.span(), message);
            } else {
                settings.push(setting);
            }
        }
        settings
    }
}

fn parse(piece: TokenStream) -> syn::Result<Setting> {
    let last = piece.clone().into_iter().last();
    let last = last.map_or_else(Span::call_site, |token| token.span());
    let parser = |input: ParseStream<'_>| {
        if input.peek(Token![..]) {
            return Err(input.error("omitted settings keep their defaults; remove this"));
        }
        let key = input
            .call(Ident::parse_any)
            .map_err(|error| syn::Error::new(error.span(), "a setting is written `key: value`"))?;
        if input.is_empty() {
            return Ok(Setting { key, value: None });
        }
        let colon: Token![:] = input
            .parse()
            .map_err(|error| syn::Error::new(error.span(), wanted(&key)))?;
        if input.is_empty() {
            let message = format!("the value of `{key}` is missing here");
            return Err(syn::Error::new(colon.span, message));
        }
        let value: Expr = input.parse().map_err(|error| within(&error, last))?;
        match input.is_empty() {
            true => Ok(Setting {
                key,
                value: Some(value),
            }),
            false => Err(input.error(format!(
                "`{key}` ends before this; write a comma between settings"
            ))),
        }
    };
    parser.parse2(piece)
}

fn wanted(key: &Ident) -> String {
    format!("`{key}` takes its value after `:`, as in `{key}: value`")
}
