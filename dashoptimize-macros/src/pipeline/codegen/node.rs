//! Calls of modules.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::Expr;

use super::block::part;
use super::code::last_span;
use super::ident::under;
use super::scope::Scope;
use super::writer::Writer;
use crate::graph::{Node, NodeModule};
use crate::module::Over;
use crate::place::{reported_at, turbofish_at};

impl Writer<'_> {
    /// The output of a call, which is awaited.
    pub(super) fn node(&mut self, node: &Node, scope: &Scope, path: &str) -> TokenStream {
        let input = self.input(node, scope, path);
        let module = self.as_module(node);
        let held = held(node);
        let made = under("__made", node.span);
        let forward = quote_spanned! {at(node)=>
            #module::forward(#held, __context, __input).await?
        };
        quote!({ #input let #made = #forward; #made })
    }

    /// A call that was started, as step `index` of its block, and will fill a slot.
    pub(super) fn start(
        &mut self,
        node: &Node,
        index: usize,
        slot: &Ident,
        scope: &Scope,
        path: &str,
    ) -> TokenStream {
        let input = self.input(node, scope, path);
        let module = self.as_module(node);
        let (held, index) = (held(node), part(index));
        let start = quote_spanned! {at(node)=>
            #module::__start(#held, __context, #index, __input, #slot)
        };
        quote!({ #input #start })
    }

    /// `let __input = QueryInput { … };`, a struct literal, so that rustc checks its fields under the
    /// user's tokens.
    fn input(&mut self, node: &Node, scope: &Scope, path: &str) -> TokenStream {
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
                // In an editor, a name that is not known yet: the field is being completed.
                None if field.shorthand => {
                    fields.push(quote!(#name));
                    continue;
                }
                None => self.code(&field.value, scope, path),
            };
            fields.push(quote!(#name: #value));
        }
        let rest = node.rest.as_ref().map(|rest| {
            let value = under("__rest", last_span(rest));
            let given = match self.place(rest, scope) {
                Some(place) => place,
                // A call such as `Default::default()` has its type from here.
                None if matches!(rest, Expr::Call(_)) => {
                    let bound = self.bind_owned(&rest.to_token_stream(), scope);
                    let module = self.as_module(node);
                    quote!({ #bound let #value: #module::Input = #rest; #value })
                }
                None => self.code(rest, scope, path),
            };
            binds.extend(quote!(let #value = #given;));
            quote!(..#value)
        });
        let (rest_comma, comma) = match (&rest, node.fields.is_empty()) {
            (Some(_), false) => (Some(quote!(,)), None),
            (Some(_), true) => (None, None),
            (None, _) => (None, node.comma),
        };
        // As the user wrote it: for an editor that completes in the braces, one more token is another place.
        let mut fields = Group::new(
            Delimiter::Brace,
            quote!(#(#fields),* #rest_comma #rest #comma),
        );
        fields.set_span(node.braces);
        let (item, input) = self.input_type(node);
        quote! {
            #binds
            #item
            let __input = #input #fields;
        }
    }

    /// The name of the type of a node's input, and the item that says it, unless it is said once for all nodes of
    /// its type.
    fn input_type(&self, node: &Node) -> (Option<TokenStream>, Ident) {
        let place = node.place.as_ref();
        match place.and_then(|place| self.checked.name(&place.path)) {
            Some(name) => (None, under(&input_name(name), node.span)),
            None => {
                let module = self.as_module(node);
                let input = under("__Input", node.span);
                (Some(quote!(type #input = #module::Input;)), input)
            }
        }
    }

    /// `<__Rag_query as Module>`. Everything that needs a node to be a module is written like this, so that a
    /// node which is not a module is one error and not many.
    pub(super) fn as_module(&self, node: &Node) -> TokenStream {
        let krate = self.krate;
        let ty = self.checked_type(node);
        quote_spanned!(at(node)=> <#ty as #krate::module::Module>)
    }

    /// The name of a node's type, known to the compiler only if it is a module.
    pub(super) fn checked_type(&self, node: &Node) -> TokenStream {
        let place = node.place.as_ref();
        match place.and_then(|place| self.checked.name(&place.path)) {
            Some(name) => Ident::new(&name.to_string(), at(node)).into_token_stream(),
            None => self.node_type(&node.module),
        }
    }

    /// `type __Rag_query = …;` and the type of its input, for each type of node once.
    pub(super) fn checks(&self) -> Vec<TokenStream> {
        let (krate, private) = (self.krate, &self.private);
        let allow = quote!(#[allow(non_camel_case_types, dead_code)]);
        let check = |(name, module): &(Ident, &NodeModule)| {
            let ty = self.node_type(module);
            let checked = match module {
                NodeModule::Kind { kind, of, .. } if matches!(kind.over, Over::State) => {
                    turbofish_at(&quote!(#private::is_state), &of.to_token_stream())
                }
                NodeModule::Kind { of, .. } => quote!(<#of as #krate::signature::Signature>::SPEC),
                NodeModule::Named(path) => quote!(<#path as #krate::module::Module>::SHAPE),
            };
            let input = Ident::new(&input_name(name), Span::call_site());
            [
                quote! {
                    #allow
                    type #name =
                        <#private::Checked<{ _ = #checked; true }> as #private::Known<#ty>>::Type;
                },
                quote! {
                    #allow
                    type #input = <#name as #krate::module::Module>::Input;
                },
            ]
        };
        self.checked.types.iter().flat_map(check).collect()
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

/// `__Rag_query_Input` for `__Rag_query`.
fn input_name(checked: &Ident) -> String {
    format!("{checked}_Input")
}

/// The module that is called.
fn held(node: &Node) -> TokenStream {
    match &node.place {
        Some(place) => {
            let field = &place.field;
            quote!(&__this.#field)
        }
        // Only an editor looks at the value of a step with a mistake.
        None => quote!(::core::unreachable!()),
    }
}

/// The place of the module's name, for generated tokens.
pub(super) fn at(node: &Node) -> Span {
    Span::call_site().located_at(reported_at(node.span))
}
