//! A module over any state, with a signature that is given as a value: `LLMNode<QaState>`.
//!
//! ```text
//! pub struct Answer(<Answer as OverState>::Node);
//! impl OverState for Answer { type Node = LLMNode<QaState>; }
//! impl FromLm for Answer { fn from_lm(…) … }
//! impl Module for Answer { … }
//! impl Answer { pub fn new(…) … }
//! impl Clone, Debug for Answer
//! ```
//!
//! `Node` is known to the compiler only if the state is one, so that a type which is not is reported once.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};

use super::super::ast::{Module, ModuleOption};
use super::delegate::module_trait;
use super::making::{new, set};
use super::path::argument_of;
use crate::crate_path::CratePath;
use crate::editor;
use crate::place::{all_at, parentheses_at, reported_at, turbofish_at};

/// The content of the struct, and the other items.
pub(super) fn parts(krate: &CratePath, module: &Module) -> (TokenStream, Vec<TokenStream>) {
    let Module {
        ident,
        made_of,
        options,
        ..
    } = module;
    let private = quote!(#krate::__private);
    let name = &made_of.name;
    let state = argument_of(krate, &made_of.argument);
    let node = quote!(#krate::module::#name<#state>);
    let checked = match editor::asks() {
        true => node,
        false => {
            let check = turbofish_at(&quote!(#private::is_state), &state);
            quote!(<#private::Checked<{ #check }> as #private::Known<#node>>::Type)
        }
    };
    let inner = quote!(<#ident as #private::OverState>::Node);
    let made = over_state(&private, &inner, options);
    let items = vec![
        quote! {
            #[automatically_derived]
            impl #private::OverState for #ident {
                type Node = #checked;
            }
        },
        quote! {
            #[automatically_derived]
            impl #krate::module::FromLm for #ident {
                fn from_lm(__lm: #krate::lm::Lm) -> Self {
                    #[allow(unused_imports)]
                    use #krate::module::ModuleExt as _;
                    Self { inner: #made }
                }
            }
        },
        module_trait(krate, ident, &inner),
        {
            let made = quote!(<Self as #krate::module::FromLm>::from_lm(lm.into()));
            let new = new(krate, module, &made);
            quote!(impl #ident { #new })
        },
    ];
    (inner, items)
}

/// The signature, reported under what the user wrote.
fn signed(private: &TokenStream, value: TokenStream) -> TokenStream {
    let first = value.clone().into_iter().next();
    let span = first.map_or_else(Span::call_site, |token| token.span());
    let function = all_at(span, quote!(#private::node_signature));
    let value = parentheses_at(reported_at(span), value);
    quote!(#function #value)
}

/// A node over a state that calls the model `__lm`, with its options.
pub(crate) fn over_state(
    private: &TokenStream,
    node: &TokenStream,
    options: &[ModuleOption],
) -> TokenStream {
    let value = |key: &str| {
        let option = options.iter().find(|option| option.key == key)?;
        Some(option.value.to_token_stream())
    };
    // What is missing was reported.
    let signature = value("signature").unwrap_or_else(|| quote!("missing -> missing"));
    let signature = signed(private, signature);
    let instructions = value("instructions").unwrap_or_else(|| quote!(""));
    let made = quote! {
        #private::llm_node::<#node>(
            ::core::clone::Clone::clone(&__lm), #signature, #instructions
        )
    };
    let is_rest =
        |option: &&ModuleOption| option.key != "signature" && option.key != "instructions";
    set(made, options.iter().filter(is_rest))
}
