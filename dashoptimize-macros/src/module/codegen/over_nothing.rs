//! A module without an argument, which calls no model.
//!
//! ```text
//! pub struct Library(Retrieve);
//! impl Library { pub fn new() -> Self … }
//! impl Default, FromLm for Library
//! impl Module for Library { … }
//! impl Clone, Debug for Library
//! ```

use proc_macro2::TokenStream;
use quote::quote;

use super::super::ast::Module;
use super::delegate::module_trait;
use super::making::set;
use crate::crate_path::CratePath;

/// The content of the struct, and the other items.
pub(super) fn parts(krate: &CratePath, module: &Module) -> (TokenStream, Vec<TokenStream>) {
    let Module { ident, made_of, .. } = module;
    let name = &made_of.name;
    let inner = quote!(#krate::module::#name);
    let default = quote! {
        #[automatically_derived]
        impl ::core::default::Default for #ident {
            fn default() -> Self {
                Self::new()
            }
        }
    };
    let from_lm = quote! {
        #[automatically_derived]
        impl #krate::module::FromLm for #ident {
            fn from_lm(_: #krate::lm::Lm) -> Self {
                Self::new()
            }
        }
    };
    let items = vec![
        new(module, &inner),
        default,
        from_lm,
        module_trait(krate, ident, &inner),
    ];
    (inner, items)
}

fn new(module: &Module, inner: &TokenStream) -> TokenStream {
    let Module {
        vis,
        ident,
        made_of,
        options,
        ..
    } = module;
    let kind = made_of.kind;
    let needs = kind.needs.iter().map(|needed| {
        let option = options.iter().find(|option| option.key == needed);
        option.map(|option| &option.value)
    });
    let rest = options.iter();
    let rest = rest.filter(|option| !kind.needs.iter().any(|needed| option.key == needed));
    let made = set(quote!(#inner::new(#(#needs),*)), rest);
    let doc = format!("A [`{ident}`]. It calls no model.");
    quote! {
        impl #ident {
            #[doc = #doc]
            #[must_use]
            #vis fn new() -> Self {
                Self { inner: #made }
            }
        }
    }
}
