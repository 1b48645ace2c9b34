//! Calls of modules.

use proc_macro2::TokenStream;
use quote::quote;

use super::code::last_span;
use super::{Scope, Writer, under};
use crate::graph::{Node, NodeModule};

impl Writer<'_> {
    /// The input is a struct literal, so that rustc checks its fields under the user's tokens.
    pub(super) fn node(&mut self, node: &Node, scope: &Scope, path: &str) -> TokenStream {
        let mut binds = TokenStream::new();
        let mut fields = Vec::new();
        for (index, field) in node.fields.iter().enumerate() {
            let name = &field.name;
            let value = match self.place(&field.value, scope) {
                Some(place) => {
                    let value = under(&format!("__field_{index}"), last_span(&field.value));
                    binds.extend(quote!(let #value = #place;));
                    quote!(#value)
                }
                None => self.code(&field.value, scope, path),
            };
            fields.push(quote!(#name: #value));
        }
        let module = self.module.clone();
        let ty = self.node_type(&node.module);
        let input = under("__Input", node.span);
        let place = node.place.as_ref().map(|place| &place.field);
        quote!({
            #binds
            type #input = <#ty as #module::Module>::Input;
            let __input = #input { #(#fields),* };
            #module::Module::forward(&__this.#place, __context, __input).await?
        })
    }

    pub(super) fn node_type(&self, module: &NodeModule) -> TokenStream {
        match module {
            NodeModule::Kind { name, of, .. } => {
                let module = &self.module;
                quote!(#module::#name<#of>)
            }
            NodeModule::Named(path) => quote!(#path),
        }
    }
}
