//! How a module is made: its constructor, and its options.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

use crate::crate_path::CratePath;
use crate::module::ast::{Module, ModuleOption};
use crate::place::method_call_at;

/// `new`, which takes a model.
pub(super) fn new(krate: &CratePath, module: &Module, made: &TokenStream) -> TokenStream {
    let Module { vis, ident, .. } = module;
    let doc = format!("A [`{ident}`] that calls this model.");
    quote! {
        #[doc = #doc]
        #[must_use]
        #vis fn new(lm: impl ::core::convert::Into<#krate::lm::Lm>) -> Self {
            #made
        }
    }
}

/// Sets options by method calls under the user's keys: rustc completes them and suggests the nearest one.
pub(crate) fn set<'a>(
    made: TokenStream,
    options: impl IntoIterator<Item = &'a ModuleOption>,
) -> TokenStream {
    options.into_iter().fold(made, |made, option| {
        method_call_at(made, &option.key, option.value.to_token_stream())
    })
}
