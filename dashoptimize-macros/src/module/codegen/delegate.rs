//! Impls that do what the module inside does.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use crate::crate_path::CratePath;

pub(super) fn clone(ident: &Ident) -> TokenStream {
    quote! {
        #[automatically_derived]
        impl ::core::clone::Clone for #ident {
            fn clone(&self) -> Self {
                Self { inner: ::core::clone::Clone::clone(&self.inner) }
            }
        }
    }
}

pub(super) fn debug(ident: &Ident) -> TokenStream {
    let name = ident.to_string();
    quote! {
        #[automatically_derived]
        impl ::core::fmt::Debug for #ident {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.debug_tuple(#name).field(&self.inner).finish()
            }
        }
    }
}

/// A module that does everything as another one does.
pub(super) fn module_trait(krate: &CratePath, ident: &Ident, inner: &TokenStream) -> TokenStream {
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
                #module::Module::forward(&self.inner, context, input).await
            }

            fn predictors(&self) -> ::std::vec::Vec<&#module::Predictor> {
                #module::Module::predictors(&self.inner)
            }

            fn predictors_mut(&mut self) -> ::std::vec::Vec<&mut #module::Predictor> {
                #module::Module::predictors_mut(&mut self.inner)
            }

            fn graph(&self) -> ::core::option::Option<&'static #krate::graph::Graph> {
                #module::Module::graph(&self.inner)
            }

            fn __set_path(&mut self, path: &::core::primitive::str) {
                #module::Module::__set_path(&mut self.inner, path);
            }
        }
    }
}
