//! What a sound module expands to. Nothing here can fail.
//!
//! ```text
//! pub struct Classify(ChainOfThought);
//! impl NamedModule for Classify { type Inner = ChainOfThought; type Signature = Triage; … }
//! const _: () = lacks_added_field::<Classify>(…);
//! impl Classify { pub fn new(…) … pub fn render(…) … }
//! impl Clone, Debug for Classify
//! ```
//!
//! The user's type must be a signature in one place only. All else asks the trait `NamedModule`, so
//! that a type that does not fit makes one error. `Module` comes from a blanket impl of the runtime.
//!
//! A module that calls no model, such as `Retrieve`, has no signature of the user's. It is made of an
//! option, `Library::new()`, and its `Module` hands everything on.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};
use syn::{Attribute, Expr, Type};

use super::ast::{MadeOf, Module, ModuleOption, Of};
use super::kind::Kind;
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
    let inner = inner(krate, made_of);
    let items = match &made_of.of {
        Of::Signature(signature) => over_signature(krate, module, signature),
        Of::Option(option) => without_model(krate, module, option),
    };
    let common = [clone(ident), debug(ident)];
    let items = items.iter().filter(|item| !item.is_empty()).chain(&common);
    let needed = Needed::by(attrs);
    quote! {
        #(#attrs)*
        #vis struct #ident(#inner);

        #(#needed #items)*
    }
}

fn over_signature(krate: &CratePath, module: &Module, signature: &Type) -> Vec<TokenStream> {
    let Module { ident, made_of, .. } = module;
    // What is no signature is reported where it is written, not here once more.
    let of_name = quote!(<#ident as #krate::__private::NamedModule>::Signature);
    vec![
        name(krate, module, signature),
        lacks_added_field(krate, made_of.kind, &made_of.name, &of_name).unwrap_or_default(),
        methods(krate, module, signature),
    ]
}

/// The attributes of the item that its impls must carry, too.
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

/// The module of the runtime, without its signature: what cannot be one is reported elsewhere.
fn inner(krate: &CratePath, made_of: &MadeOf) -> TokenStream {
    let name = &made_of.name;
    quote!(#krate::module::#name)
}

/// Each option is a method call under the user's key: rustc completes it, and names the nearest one.
fn set(options: &[ModuleOption]) -> TokenStream {
    let calls = options
        .iter()
        .map(|ModuleOption { key, value }| quote!(.#key(#value)));
    calls.collect()
}

fn name(krate: &CratePath, module: &Module, signature: &Type) -> TokenStream {
    let private = quote!(#krate::__private);
    let Module {
        ident,
        made_of,
        options,
        ..
    } = module;
    let inner = inner(krate, made_of);
    let set = set(options);
    let import = (!options.is_empty()).then(|| {
        quote! {
            #[allow(unused_imports)]
            use #krate::module::Module as _;
        }
    });
    quote! {
        #[automatically_derived]
        impl #private::NamedModule for #ident {
            type Inner = #inner;
            type Signature = #signature;

            fn make(inner: Self::Inner) -> Self {
                #import
                Self(inner #set)
            }

            fn inner(&self) -> &Self::Inner {
                &self.0
            }

            fn inner_mut(&mut self) -> &mut Self::Inner {
                &mut self.0
            }
        }
    }
}

/// A signature that has what the module adds is refused under the module's name.
pub(crate) fn lacks_added_field(
    krate: &CratePath,
    kind: &Kind,
    name: &Ident,
    signature: &impl ToTokens,
) -> Option<TokenStream> {
    let added = kind.adds?;
    let message = format!(
        "`{name}` adds the output `{added}`, which this signature already has; rename the field, \
         or use `Predict`"
    );
    let check = call_at(
        &name.to_token_stream(),
        quote!(#krate::__private::lacks_added_field::<#signature>),
        quote!(#added, #message),
    );
    Some(quote!(const _: () = #check;))
}

/// A module that calls no model is made of an option alone, and is its runtime module in all else.
fn without_model(krate: &CratePath, module: &Module, made_of: &Expr) -> Vec<TokenStream> {
    let Module {
        vis,
        ident,
        options,
        ..
    } = module;
    let inner = inner(krate, &module.made_of);
    let set = set(options);
    let doc = format!("A [`{ident}`].");
    let new = quote! {
        impl #ident {
            #[doc = #doc]
            #[must_use]
            #vis fn new() -> Self {
                Self(<#inner>::new(#made_of) #set)
            }
        }
    };
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
    vec![new, default, from_lm, delegate(krate, ident, &inner)]
}

fn delegate(krate: &CratePath, ident: &Ident, inner: &TokenStream) -> TokenStream {
    let module = quote!(#krate::module);
    let is = quote!(<#inner as #module::Module>);
    quote! {
        #[automatically_derived]
        impl #module::Module for #ident {
            type Input = #is::Input;
            type Output = #is::Output;

            const SHAPE: #module::Shape = #is::SHAPE;

            async fn forward(
                &self,
                context: &#module::Context<'_>,
                input: Self::Input,
            ) -> ::core::result::Result<Self::Output, #module::CallError> {
                #module::Module::forward(&self.0, context, input).await
            }

            fn predictors(&self) -> ::std::vec::Vec<&#module::Predictor> {
                #module::Module::predictors(&self.0)
            }

            fn predictors_mut(&mut self) -> ::std::vec::Vec<&mut #module::Predictor> {
                #module::Module::predictors_mut(&mut self.0)
            }

            fn set_path(&mut self, path: &str) {
                #module::Module::set_path(&mut self.0, path);
            }
        }
    }
}

/// `for<'__a>` makes rustc look at the bound where `render` is called, not here, so that a type that
/// is no signature is not reported once more (rust-lang/rust#48214).
fn methods(krate: &CratePath, module: &Module, signature: &Type) -> TokenStream {
    let Module { vis, ident, .. } = module;
    let doc = format!("A [`{ident}`] that asks this model.");
    // A program need not use `render`, and the expansion must not warn in the user's crate.
    quote! {
        impl #ident {
            #[doc = #doc]
            #[must_use]
            #vis fn new(lm: impl ::core::convert::Into<#krate::lm::Lm>) -> Self {
                #krate::__private::named(lm)
            }

            /// The messages for this input, exactly as the first call sends them. Nothing is called.
            #[allow(dead_code)]
            #[must_use]
            #vis fn render(
                &self,
                input: &<Self as #krate::module::Module>::Input,
            ) -> ::std::vec::Vec<#krate::lm::Message>
            where
                for<'__a> #signature: #krate::signature::Signature,
            {
                #krate::__private::render_named(self, input)
            }
        }
    }
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
