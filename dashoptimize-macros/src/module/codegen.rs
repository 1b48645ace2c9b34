//! What a sound module expands to. Nothing here can fail.
//!
//! ```text
//! pub struct Classify(Named<Classify>);
//! impl NamedModule for Classify { type Kind = ChainOfThought; type Signature = Triage; … }
//! const _: () = lacks_added_field::<Classify>(…);
//! impl Classify { pub fn new(…) … pub fn render(…) … }
//! impl Clone, Debug for Classify
//! ```
//!
//! The user's type stands in one place. All else asks the trait `NamedModule`, so that a type that
//! does not fit makes one error. `Module` comes from a blanket impl of the runtime.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};

use super::ast::{MadeOf, Module, ModuleOption};
use crate::crate_path::CratePath;
use crate::place::call_at;

pub(super) fn module(krate: &CratePath, module: &Module) -> TokenStream {
    let Module {
        attrs,
        vis,
        ident,
        made_of,
        ..
    } = module;
    let private = quote!(#krate::__private);
    let MadeOf {
        name, signature, ..
    } = made_of;
    let check = lacks_added_field(&private, ident, made_of);
    let methods = methods(krate, module);
    let traits = traits(&private, ident);
    quote! {
        #(#attrs)*
        #vis struct #ident(#private::Named<#ident>);

        #[automatically_derived]
        impl #private::NamedModule for #ident {
            type Kind = #private::kind::#name;
            type Signature = #signature;

            fn wrap(inner: #private::Named<Self>) -> Self {
                Self(inner)
            }

            fn inner(&self) -> &#private::Named<Self> {
                &self.0
            }

            fn inner_mut(&mut self) -> &mut #private::Named<Self> {
                &mut self.0
            }
        }

        #check
        #methods
        #traits
    }
}

/// A signature that has what the module adds is refused under the module's name.
fn lacks_added_field(
    private: &TokenStream,
    ident: &Ident,
    made_of: &MadeOf,
) -> Option<TokenStream> {
    let MadeOf { name, kind, .. } = made_of;
    let added = kind.adds?;
    let message = format!(
        "`{name}` adds the output `{added}`, which this signature already has; rename the field, \
         or use `Predict`"
    );
    let check = call_at(
        &name.to_token_stream(),
        quote!(#private::lacks_added_field::<#ident>),
        quote!(#added, #message),
    );
    Some(quote!(const _: () = #check;))
}

fn methods(krate: &CratePath, module: &Module) -> TokenStream {
    let Module {
        vis,
        ident,
        options,
        ..
    } = module;
    let doc = format!("A [`{ident}`] that asks this model.");
    // A method call under the user's key: rustc completes it, and names the nearest one.
    let set = options
        .iter()
        .map(|ModuleOption { key, value }| quote!(.#key(#value)));
    let import = (!options.is_empty()).then(|| quote!(use #krate::module::Module as _;));
    quote! {
        impl #ident {
            #[doc = #doc]
            #[must_use]
            #vis fn new(lm: impl ::core::convert::Into<#krate::lm::Lm>) -> Self {
                #import
                #krate::__private::named::<Self>(::core::convert::Into::into(lm)) #(#set)*
            }

            /// The messages for this input, exactly as a call sends them. Nothing is called.
            #[allow(dead_code)]
            #[must_use]
            #vis fn render(
                &self,
                input: &<Self as #krate::module::Module>::Input,
            ) -> ::std::vec::Vec<#krate::lm::Message> {
                #krate::__private::render_named(self, input)
            }
        }
    }
}

fn traits(private: &TokenStream, ident: &Ident) -> TokenStream {
    let name = ident.to_string();
    quote! {
        #[automatically_derived]
        impl ::core::clone::Clone for #ident {
            fn clone(&self) -> Self {
                #private::clone_named(self)
            }
        }

        #[automatically_derived]
        impl ::core::fmt::Debug for #ident {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                #private::show_named(self, #name, f)
            }
        }
    }
}
