//! What a correct module expands to. Nothing here can fail.

mod over_module;
mod over_nothing;
mod over_signature;

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};
use syn::Attribute;

pub(crate) use self::over_signature::lacks_added_field;
use super::ast::{Argument, MadeOf, Module, ModuleOption};
use super::kind::Over;
use crate::crate_path::CratePath;
use crate::place::method_call_at;

pub(super) fn module(krate: &CratePath, module: &Module) -> TokenStream {
    let Module {
        attrs, vis, ident, ..
    } = module;
    let (inner, mut items) = match &module.made_of.kind.over {
        Over::Signature { adds, .. } => over_signature::parts(krate, module, adds),
        Over::Module { constructor, .. } => over_module::parts(krate, module, constructor),
        Over::Nothing => over_nothing::parts(krate, module),
    };
    items.extend([clone(ident), debug(ident)]);
    let needed = Needed::by(attrs);
    quote! {
        #(#attrs)*
        #vis struct #ident(#inner);

        #(#needed #items)*
    }
}

/// The full path of a module of the runtime.
pub(super) fn path_of(krate: &CratePath, made_of: &MadeOf) -> TokenStream {
    let (name, argument) = (&made_of.name, argument_of(krate, &made_of.argument));
    match made_of.argument {
        Argument::Nothing => quote!(#krate::module::#name),
        _ => quote!(#krate::module::#name<#argument>),
    }
}

/// What is in the angle brackets.
fn argument_of(krate: &CratePath, argument: &Argument) -> TokenStream {
    match argument {
        Argument::Type(ty) => ty.to_token_stream(),
        Argument::Module(made_of) => path_of(krate, made_of),
        Argument::Nothing => TokenStream::new(),
    }
}

/// The attributes of the item that its impls must have as well.
pub(crate) struct Needed<'a> {
    cfgs: Vec<&'a Attribute>,
    deprecated: bool,
}

impl<'a> Needed<'a> {
    pub(crate) fn by(attrs: &'a [Attribute]) -> Self {
        let is = |attr: &Attribute, name| attr.path().is_ident(name);
        Self {
            cfgs: attrs.iter().filter(|attr| is(attr, "cfg")).collect(),
            deprecated: attrs.iter().any(|attr| is(attr, "deprecated")),
        }
    }
}

impl ToTokens for Needed<'_> {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let cfgs = &self.cfgs;
        let allow = self.deprecated.then(|| quote!(#[allow(deprecated)]));
        tokens.extend(quote!(#(#cfgs)* #allow));
    }
}

/// `new`, which takes a model.
fn new(krate: &CratePath, module: &Module, made: &TokenStream) -> TokenStream {
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

fn clone(ident: &Ident) -> TokenStream {
    quote! {
        #[automatically_derived]
        impl ::core::clone::Clone for #ident {
            fn clone(&self) -> Self {
                Self(::core::clone::Clone::clone(&self.0))
            }
        }
    }
}

fn debug(ident: &Ident) -> TokenStream {
    let name = ident.to_string();
    quote! {
        #[automatically_derived]
        impl ::core::fmt::Debug for #ident {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.debug_tuple(#name).field(&self.0).finish()
            }
        }
    }
}

/// A module that does everything as another one does.
fn module_trait(krate: &CratePath, ident: &Ident, inner: &TokenStream) -> TokenStream {
    let module = quote!(#krate::module);
    quote! {
        #[automatically_derived]
        impl #module::Module for #ident {
            type Input = <#inner as #module::Module>::Input;
            type Output = <#inner as #module::Module>::Output;

            const SHAPE: #module::Shape = <#inner as #module::Module>::SHAPE;
            const GRAPH: ::core::option::Option<&'static #krate::graph::Graph> =
                <#inner as #module::Module>::GRAPH;

            async fn forward(
                &self,
                context: &#krate::call::Context<'_>,
                input: Self::Input,
            ) -> ::core::result::Result<Self::Output, #krate::call::CallError> {
                #module::Module::forward(&self.0, context, input).await
            }

            fn predictors(&self) -> ::std::vec::Vec<&#module::Predictor> {
                #module::Module::predictors(&self.0)
            }

            fn predictors_mut(&mut self) -> ::std::vec::Vec<&mut #module::Predictor> {
                #module::Module::predictors_mut(&mut self.0)
            }

            fn graph(&self) -> ::core::option::Option<&'static #krate::graph::Graph> {
                #module::Module::graph(&self.0)
            }

            fn __set_path(&mut self, path: &::core::primitive::str) {
                #module::Module::__set_path(&mut self.0, path);
            }
        }
    }
}
