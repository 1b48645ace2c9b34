//! `#[tool] impl Desk { … }`: methods with `#[tool]` as tools of a value.
//!
//! ```text
//! impl Desk { … }                                                the user's, without our attributes
//! impl Desk { fn tools(self: &Arc<Self>) -> Vec<Arc<dyn Tool>> }
//! ```

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Attribute, FnArg, ImplItem, ImplItemFn, ItemImpl, Meta, Receiver, Visibility};

use super::ast::{Function, Options, Tool};
use super::check::check;
use super::codegen::{body, data, spec};
use crate::crate_path::CratePath;
use crate::diagnostics::Diagnostics;

/// A method that is a tool.
struct Method {
    tool: Tool,
    /// Whether it is called on the value.
    has_self: bool,
    cfgs: Vec<Attribute>,
}

pub(super) fn expand(args: TokenStream, mut item: ItemImpl) -> TokenStream {
    let mut errors = Diagnostics::default();
    let krate = Options::parse(args, &mut errors).krate;
    let methods = take_methods(&mut item, &krate, &mut errors);
    let vis = methods.first().map(|method| &method.tool.function.vis);
    let errors = match errors.finish(()) {
        Ok(()) if vis.is_none() => Err(none_marked(&item)),
        result => result,
    };
    let (generics, self_ty, bounds) = (&item.generics, &item.self_ty, &item.generics.where_clause);
    let vis = vis.cloned().unwrap_or(Visibility::Inherited);
    let names: Vec<String> = methods
        .iter()
        .map(|method| format!("`{}`", method.tool.name))
        .collect();
    let doc = format!("The tools of this value: {}.", names.join(", "));
    let (list, errors) = match errors {
        Ok(()) => (list(&krate, &methods), None),
        Err(errors) => (
            quote!(::core::unreachable!()),
            Some(errors.into_compile_error()),
        ),
    };
    quote! {
        #errors
        #item

        impl #generics #self_ty #bounds {
            #[doc = #doc]
            #[allow(dead_code)]
            #[must_use]
            #vis fn tools(
                self: &::std::sync::Arc<Self>,
            ) -> ::std::vec::Vec<::std::sync::Arc<dyn #krate::tool::Tool>> {
                #list
            }
        }
    }
}

fn none_marked(item: &ItemImpl) -> syn::Error {
    syn::Error::new(
        item.impl_token.span,
        "no method here is a tool; write `#[tool]` above those that a model may call",
    )
}

/// Reads the methods with `#[tool]`, and removes our attributes from them.
fn take_methods(item: &mut ItemImpl, krate: &CratePath, errors: &mut Diagnostics) -> Vec<Method> {
    let mut methods = Vec::new();
    for item in &mut item.items {
        let ImplItem::Fn(method) = item else {
            continue;
        };
        let (ours, rest) = std::mem::take(&mut method.attrs)
            .into_iter()
            .partition::<Vec<_>, _>(is_tool);
        method.attrs = rest;
        if let Some(ours) = ours.first() {
            methods.extend(errors.keep(Method::take(ours, method, krate)));
        }
    }
    methods
}

/// `#[tool]`, `#[dashoptimize::tool]`
fn is_tool(attr: &Attribute) -> bool {
    let last = attr.path().segments.last();
    last.is_some_and(|last| last.ident == "tool")
}

impl Method {
    fn take(attr: &Attribute, method: &mut ImplItemFn, krate: &CratePath) -> syn::Result<Self> {
        let mut errors = Diagnostics::default();
        let args = match &attr.meta {
            Meta::List(list) => list.tokens.clone(),
            _ => TokenStream::new(),
        };
        let mut options = Options::parse(args, &mut errors);
        options.krate = krate.clone();
        let mut function = Function {
            attrs: method.attrs.clone(),
            vis: method.vis.clone(),
            sig: method.sig.clone(),
            body: TokenStream::new(),
        };
        remove_our_attributes(method);
        for state in states(&function) {
            errors.under(
                state,
                "a method has its state in `self`; remove this attribute",
            );
        }
        let receiver = take_receiver(&mut function);
        if let Some(receiver) = &receiver {
            errors.keep(check_receiver(receiver));
        }
        let tool = Tool::of(options, function, errors)?;
        check(&tool)?;
        Ok(Self {
            has_self: receiver.is_some(),
            cfgs: super::codegen::cfgs(&tool.function.attrs)
                .cloned()
                .collect(),
            tool,
        })
    }
}

/// Removes the docs and states of the arguments, which Rust does not allow there.
fn remove_our_attributes(method: &mut ImplItemFn) {
    for input in &mut method.sig.inputs {
        if let FnArg::Typed(argument) = input {
            let ours = |attr: &Attribute| {
                ["doc", "state"]
                    .iter()
                    .any(|name| attr.path().is_ident(name))
            };
            argument.attrs.retain(|attr| !ours(attr));
        }
    }
}

fn states(function: &Function) -> impl Iterator<Item = &Attribute> {
    let arguments = function.sig.inputs.iter();
    let attrs = arguments.flat_map(|input| match input {
        FnArg::Receiver(receiver) => &receiver.attrs,
        FnArg::Typed(argument) => &argument.attrs,
    });
    attrs.filter(|attr| attr.path().is_ident("state"))
}

fn take_receiver(function: &mut Function) -> Option<Receiver> {
    let inputs = std::mem::take(&mut function.sig.inputs);
    let mut receiver = None;
    for input in inputs {
        match input {
            FnArg::Receiver(found) => receiver = Some(found),
            typed @ FnArg::Typed(_) => function.sig.inputs.push(typed),
        }
    }
    receiver
}

fn check_receiver(receiver: &Receiver) -> syn::Result<()> {
    match receiver.to_token_stream().to_string().as_str() {
        "& self" | "&self" => Ok(()),
        _ => Err(syn::Error::new_spanned(
            receiver,
            "calls of a tool share the value, also at the same time; take `&self`",
        )),
    }
}

fn list(krate: &CratePath, methods: &[Method]) -> TokenStream {
    let tools = methods.iter().map(|method| {
        let Method {
            tool,
            has_self,
            cfgs,
        } = method;
        let (data, spec, ident) = (data(tool), spec(tool), &tool.function.sig.ident);
        let this = has_self.then(|| quote!(&__this));
        let body = body(tool, &quote!(Self::#ident), this);
        let held = |from: TokenStream| {
            has_self.then(|| quote!(let __this = ::std::sync::Arc::clone(#from);))
        };
        let (outer, inner) = (held(quote!(self)), held(quote!(&__this)));
        quote! {
            #(#cfgs)*
            {
                #data
                #outer
                __tools.push(#krate::__private::tool_with(const { #spec }, move |__arguments| {
                    #inner
                    #body
                }));
            }
        }
    });
    quote! {
        let mut __tools = ::std::vec::Vec::<::std::sync::Arc<dyn #krate::tool::Tool>>::new();
        #(#tools)*
        __tools
    }
}
