//! `#[serde(default)]`: what a field is where data leaves it out.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Attribute, Meta};

use crate::diagnostics::Diagnostics;
use crate::options::{SetOption, SetValue};
use crate::words::text_literal;

/// The function that makes the value, if there is such an attribute. serde reports mistakes in it.
pub(crate) fn of(attrs: &[Attribute]) -> Option<TokenStream> {
    let mut serde = attrs.iter().filter(|attr| attr.path().is_ident("serde"));
    serde.find_map(|attr| match &attr.meta {
        Meta::List(list) => in_list(list.tokens.clone()),
        _ => None,
    })
}

fn in_list(tokens: TokenStream) -> Option<TokenStream> {
    let mut ignored = Diagnostics::default();
    let options = SetOption::list(tokens, "", &mut ignored);
    let default = options.into_iter().find(|option| option.key == "default")?;
    match default.value {
        SetValue::Nothing => Some(quote!(::core::default::Default::default)),
        SetValue::Value(path) => {
            let path = text_literal(path).ok()?.parse::<syn::ExprPath>().ok()?;
            Some(path.into_token_stream())
        }
        SetValue::List(_) => None,
    }
}
