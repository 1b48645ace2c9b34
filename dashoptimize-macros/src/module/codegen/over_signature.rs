//! A module over a signature.
//!
//! ```text
//! pub struct Classify(ChainOfThought);
//! impl NamedModule for Classify { type Inner = ChainOfThought; type Signature = Triage; … }
//! const _: () = lacks_added_field::<Classify>(…);
//! impl Classify { pub fn new(…) … pub fn render(…) … }
//! impl Clone, Debug for Classify
//! ```
//!
//! The user's type must be a signature in one place only. Everything else uses the trait `NamedModule`, so
//! that a wrong type causes one error. `Module` comes from a blanket impl of the runtime.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote};
use syn::Visibility;

use super::super::ast::{MadeOf, Module};
use super::making::{new, set};
use crate::crate_path::CratePath;
use crate::place::{call_at, reported_at};

/// The content of the struct, and the other items.
pub(super) fn parts(
    krate: &CratePath,
    module: &Module,
    adds: &[&str],
) -> (TokenStream, Vec<TokenStream>) {
    let ident = &module.ident;
    // A type that is not a signature is reported where it is written: this bound is on the name.
    let lacks = quote!(#krate::__private::signature_lacks_field::<#ident>);
    let mut items = vec![name(krate, module)];
    let checks = adds
        .iter()
        .map(|added| lacks_added_field(added, &module.made_of.name, lacks.clone()));
    items.extend(checks);
    items.push(methods(krate, module));
    (inner(krate, &module.made_of), items)
}

/// The module of the runtime without its signature: a type that cannot be one is reported elsewhere.
fn inner(krate: &CratePath, made_of: &MadeOf) -> TokenStream {
    let name = &made_of.name;
    quote!(#krate::module::#name)
}

fn name(krate: &CratePath, module: &Module) -> TokenStream {
    let private = quote!(#krate::__private);
    let Module {
        ident,
        made_of,
        options,
        ..
    } = module;
    let inner = inner(krate, made_of);
    let signature = &made_of.argument;
    // Demos have the type of the signature, which the module inside does not know.
    let (demos, rest): (Vec<_>, Vec<_>) = options.iter().partition(|option| option.key == "demos");
    // rustc reports a missing option from what it is set on.
    let place = options
        .first()
        .map_or_else(Span::call_site, |option| reported_at(option.key.span()));
    let held = Ident::new("inner", place);
    let inner_made = set(quote!(#held), rest);
    let made = set(quote!(Self { inner: #inner_made }), demos);
    let import = (!options.is_empty()).then(|| {
        quote! {
            #[allow(unused_imports)]
            use #krate::module::{ModuleExt as _, OverSignature as _};
        }
    });
    quote! {
        #[automatically_derived]
        impl #private::NamedModule for #ident {
            type Inner = #inner;
            type Signature = #signature;

            fn make(#held: Self::Inner) -> Self {
                #import
                #made
            }

            fn inner(&self) -> &Self::Inner {
                &self.inner
            }

            fn inner_mut(&mut self) -> &mut Self::Inner {
                &mut self.inner
            }
        }
    }
}

/// A signature that already has a field which the module adds is rejected under the module's name.
pub(crate) fn lacks_added_field(added: &str, name: &Ident, lacks: TokenStream) -> TokenStream {
    let message = format!(
        "`{name}` adds the field `{added}`, which this signature already has; rename it, or use \
         `Predict`"
    );
    let check = call_at(&name.to_token_stream(), lacks, quote!(#added, #message));
    quote!(const _: () = #check;)
}

/// `for<'__a>` makes rustc check the bound where `render` is called, not here, so that a type that is not
/// a signature is not reported again (rust-lang/rust#48214).
fn methods(krate: &CratePath, module: &Module) -> TokenStream {
    let Module {
        vis,
        ident,
        made_of,
        ..
    } = module;
    let signature = &made_of.argument;
    let new = new(krate, module, &quote!(#krate::__private::named(lm)));
    let tools = made_of.kind.calls_tools().then(|| tools(krate, vis));
    // A program need not use `render`, and the expansion must not warn in the user's crate.
    quote! {
        impl #ident {
            #new
            #tools

            /// The messages for this input, exactly as the first call sends them. No model is called.
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

/// The setters of tools, which other modules do not have.
fn tools(krate: &CratePath, vis: &Visibility) -> TokenStream {
    let tools = quote!(impl ::core::iter::IntoIterator<Item = __T>);
    quote! {
        /// Sets the tools.
        #[allow(dead_code)]
        #[must_use]
        #vis fn tools<__T: #krate::tool::IntoTool>(mut self, tools: #tools) -> Self {
            self.inner.set_tools(tools);
            self
        }

        /// Sets the tools of a program that is there already, such as a node of a pipeline.
        #[allow(dead_code)]
        #vis fn set_tools<__T: #krate::tool::IntoTool>(&mut self, tools: #tools) {
            self.inner.set_tools(tools);
        }
    }
}
