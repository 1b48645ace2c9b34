//! What a sound module expands to. Nothing here can fail.
//!
//! ```text
//! pub struct Classify(::dashoptimize::module::ChainOfThought<Triage>);
//! const _: () = lacks_field(Triage::SPEC, …);
//! impl Classify { pub fn new(…) … pub fn render(…) … }
//! impl Clone, Debug, Module for Classify
//! ```

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::Type;

use super::ast::{MadeOf, Module, ModuleOption};
use super::kind::Kind;
use crate::crate_path::CratePath;

pub(super) fn module(krate: &CratePath, module: &Module) -> TokenStream {
    let Module {
        attrs, vis, ident, ..
    } = module;
    let inner = inner(krate, &module.made_of);
    let check = match &module.made_of {
        MadeOf::Known {
            name,
            kind,
            signature,
        } => lacks_added_field(krate, name, kind, signature),
        MadeOf::Own(_) => None,
    };
    let methods = methods(krate, module, &inner);
    let traits = traits(krate, ident, &inner);
    quote! {
        #(#attrs)*
        #vis struct #ident(#inner);

        #check
        #methods
        #traits
    }
}

/// The type that is wrapped. The user's name keeps its place, so that it leads to the module's docs.
fn inner(krate: &CratePath, made_of: &MadeOf) -> TokenStream {
    match made_of {
        MadeOf::Known {
            name, signature, ..
        } => quote!(#krate::module::#name<#signature>),
        MadeOf::Own(path) => path.to_token_stream(),
    }
}

/// A signature that has what the module adds is refused under the module's name.
fn lacks_added_field(
    krate: &CratePath,
    name: &Ident,
    kind: &Kind,
    signature: &Type,
) -> Option<TokenStream> {
    let added = kind.adds?;
    let message = format!(
        "`{name}` adds the output `{added}`, which this signature already has; rename the field, \
         or use `Predict`"
    );
    Some(quote_spanned! {name.span()=>
        const _: () = #krate::__private::lacks_field(
            <#signature as #krate::signature::Signature>::SPEC,
            #added,
            #message,
        );
    })
}

fn methods(krate: &CratePath, module: &Module, inner: &TokenStream) -> TokenStream {
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
    let render = match &module.made_of {
        MadeOf::Known { .. } => Some(render(krate, module, inner)),
        MadeOf::Own(_) => None,
    };
    quote! {
        impl #ident {
            #[doc = #doc]
            #[must_use]
            #vis fn new(lm: impl ::core::convert::Into<#krate::lm::Lm>) -> Self {
                #import
                Self(<#inner>::new(lm) #(#set)*)
            }

            #render
        }
    }
}

fn render(krate: &CratePath, module: &Module, inner: &TokenStream) -> TokenStream {
    let vis = &module.vis;
    quote! {
        /// The messages for this input, exactly as a call sends them. Nothing is called.
        #[allow(dead_code)]
        #[must_use]
        #vis fn render(
            &self,
            input: &<#inner as #krate::module::Module>::Input,
        ) -> ::std::vec::Vec<#krate::lm::Message> {
            self.0.render(input)
        }
    }
}

fn traits(krate: &CratePath, ident: &Ident, inner: &TokenStream) -> TokenStream {
    let name = ident.to_string();
    quote! {
        #[automatically_derived]
        impl ::core::clone::Clone for #ident {
            fn clone(&self) -> Self {
                Self(::core::clone::Clone::clone(&self.0))
            }
        }

        #[automatically_derived]
        impl ::core::fmt::Debug for #ident {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.debug_tuple(#name).field(&self.0).finish()
            }
        }

        #[automatically_derived]
        impl #krate::module::Module for #ident {
            type Input = <#inner as #krate::module::Module>::Input;
            type Output = <#inner as #krate::module::Module>::Output;

            fn forward(
                &self,
                context: &#krate::module::Context<'_>,
                input: Self::Input,
            ) -> impl ::core::future::Future<
                Output = ::core::result::Result<Self::Output, #krate::module::CallError>,
            > + ::core::marker::Send {
                #krate::module::Module::forward(&self.0, context, input)
            }

            fn predictors(&self) -> ::std::vec::Vec<&#krate::module::Predictor> {
                #krate::module::Module::predictors(&self.0)
            }

            fn predictors_mut(&mut self) -> ::std::vec::Vec<&mut #krate::module::Predictor> {
                #krate::module::Module::predictors_mut(&mut self.0)
            }
        }
    }
}
