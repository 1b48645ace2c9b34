//! Options that are still being typed, for an editor.
//!
//! ```text
//! impl Classify { fn __options(__made: Predict<Triage>) { __made.te; __made. } }
//! ```
//!
//! An option is a method, so an editor should offer the names of methods. An unused function makes it do so:
//! the options without a value are followed by a dot for an option that is not written yet.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::{format_ident, quote};
use syn::parse::{Parse, ParseStream, Parser};
use syn::{Attribute, Meta};

use super::ast::{MadeOf, RawItem, is_with};
use super::codegen::path_of;
use crate::crate_path::CratePath;
use crate::options::split_at_commas;

/// What an editor looks at, if there are options.
pub(super) fn options(krate: &CratePath, piece: TokenStream) -> Option<TokenStream> {
    let item = |input: ParseStream<'_>| {
        let item = RawItem::parse(input)?;
        input.parse::<TokenStream>()?;
        Ok(item)
    };
    let item = item.parse2(piece).ok()?;
    let made_of = MadeOf::parse(&item.ty).ok()?;
    let lists: Vec<TokenStream> = item.attrs.iter().filter_map(list).collect();
    if lists.is_empty() {
        return None;
    }
    let keys = lists.into_iter().flat_map(split_at_commas).filter_map(key);
    let (ident, module) = (&item.ident, path_of(krate, &made_of));
    let made = format_ident!("__made");
    Some(quote! {
        #krate::__private::for_editors! {
            impl #ident {
                fn __options(#made: #module) {
                    use #krate::module::{ModuleExt as _, OverSignature as _};
                    #(#made.#keys;)*
                    #made.
                }
            }
        }
    })
}

fn list(attr: &Attribute) -> Option<TokenStream> {
    match &attr.meta {
        Meta::List(list) if is_with(attr) => Some(list.tokens.clone()),
        _ => None,
    }
}

/// The key of an option without a value.
fn key(option: TokenStream) -> Option<Ident> {
    let mut tokens = option.into_iter();
    let key = match tokens.next() {
        Some(TokenTree::Ident(key)) => key,
        _ => return None,
    };
    match (tokens.next(), tokens.next()) {
        (_, None) => Some(key),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_without_a_value_is_a_method_that_is_still_typed() {
        let item = quote! {
            #[with(temperature = 0.0, te, ma =)]
            #[doc = "Thinks."]
            type Think = ChainOfThought<Qa>;
        };
        let options = options(&CratePath::default(), item).expect("there are options");
        let text = options.to_string().replace(' ', "");
        let typed = "__made.te;__made.ma;__made.}";
        assert!(text.contains(typed), "{text}");
        assert!(
            text.contains("__made:::dashoptimize::module::ChainOfThought<Qa>"),
            "{text}"
        );
    }

    #[test]
    fn an_item_without_options_has_none_that_are_typed() {
        let item = quote!(
            type Think = ChainOfThought<Qa>;
        );
        assert!(options(&CratePath::default(), item).is_none());
    }
}
