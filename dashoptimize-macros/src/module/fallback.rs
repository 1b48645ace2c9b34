//! What a module with mistakes expands to in addition to the errors: a type that can be used like it.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::parse::{Parse, ParseStream, Parser};
use syn::{Attribute, Token, Type, Visibility};

use super::ast::{RawItem, argument_of, called_by_name, is_with};
use super::kind::{Kind, NAMES, Over};
use crate::crate_path::CratePath;
use crate::nearest::nearest;
use crate::stand_in::clone_and_debug;

/// What could be read of a module.
struct Sketch {
    attrs: Vec<Attribute>,
    vis: Visibility,
    ident: Ident,
    ty: Option<Type>,
}

pub(super) fn stand_in(krate: &CratePath, piece: TokenStream) -> Option<TokenStream> {
    let Sketch {
        mut attrs,
        vis,
        ident,
        ty,
    } = sketch.parse2(piece).ok()?;
    attrs.retain(|attr| !is_with(attr));
    // A module that is made of itself has no types.
    let ty = ty.filter(|ty| !names(ty, &ident));
    let (input, output) = input_and_output(krate, ty.as_ref());
    let made_of = made_of(krate, ty.as_ref());
    let impls = impls(krate, &vis, &ident, &made_of, &input, &output);
    Some(quote! {
        #(#attrs)*
        #[allow(dead_code)]
        #vis struct #ident(());
        #impls
    })
}

/// The item as far as it can be read.
fn sketch(input: ParseStream<'_>) -> syn::Result<Sketch> {
    let ahead = input.fork();
    if let Ok(item) = RawItem::parse(&ahead) {
        input.parse::<TokenStream>()?;
        return Ok(Sketch {
            attrs: item.attrs,
            vis: item.vis,
            ident: item.ident,
            ty: Some(item.ty),
        });
    }
    let attrs = input.call(Attribute::parse_outer)?;
    let vis = input.parse()?;
    // `struct` in place of `type`, and similar mistakes.
    match input.parse::<Option<Token![type]>>()? {
        Some(_) => {}
        None => drop(input.parse::<TokenTree>()?),
    }
    let ident = input.parse()?;
    input.parse::<TokenStream>()?;
    Ok(Sketch {
        attrs,
        vis,
        ident,
        ty: None,
    })
}

/// Whether an item is mentioned in a type.
fn names(ty: &Type, ident: &Ident) -> bool {
    let mut tokens = ty.to_token_stream().into_iter();
    tokens.any(|token| matches!(token, TokenTree::Ident(found) if found == *ident))
}

/// The module that most likely was meant.
fn meant(ty: Option<&Type>) -> Option<&'static Kind> {
    match ty? {
        Type::Group(group) => meant(Some(&group.elem)),
        Type::Path(path) => {
            let name = path.path.segments.last()?.ident.to_string();
            nearest(&name, &NAMES).and_then(Kind::from_name)
        }
        _ => None,
    }
}

/// What the module most likely is made of: a model, or nothing.
fn made_of(krate: &CratePath, ty: Option<&Type>) -> TokenStream {
    match meant(ty).map(|kind| &kind.over) {
        Some(Over::Nothing) => TokenStream::new(),
        _ => quote!(_: impl ::core::convert::Into<#krate::lm::Lm>),
    }
}

/// The types that the module most likely was meant to have.
fn input_and_output(krate: &CratePath, ty: Option<&Type>) -> (TokenStream, TokenStream) {
    let module = quote!(#krate::module);
    if let Some(Kind {
        name,
        over: Over::Nothing,
        ..
    }) = meant(ty)
    {
        let name = Ident::new(name, Span::call_site());
        let module = quote!(<#module::#name as #module::Module>);
        return (quote!(#module::Input), quote!(#module::Output));
    }
    let known = match ty {
        Some(Type::Group(group)) => return input_and_output(krate, Some(&group.elem)),
        Some(Type::Path(path)) => argument_of(&path.path).ok(),
        _ => None,
    };
    let Some(argument) = known else {
        return (quote!(()), quote!(()));
    };
    match meant(ty).map(|kind| &kind.over) {
        Some(Over::Module { many, .. }) => {
            let (input, output) = input_and_output_of(krate, &argument);
            match many {
                true => (
                    quote!(#module::ParallelInput<#input>),
                    quote!(::std::vec::Vec<::core::result::Result<#output, #krate::call::CallError>>),
                ),
                false => (input, output),
            }
        }
        Some(Over::State) => (quote!(#argument), quote!(#argument)),
        over => {
            let signature = quote!(<#argument as #krate::signature::Signature>);
            let output = match over {
                Some(Over::Signature {
                    gives: Some(name), ..
                }) => {
                    let name = syn::Ident::new(name, Span::call_site());
                    quote!(#module::#name<#signature::Output>)
                }
                _ => quote!(#signature::Output),
            };
            (quote!(#signature::Input), output)
        }
    }
}

/// The types of a module that another one is over.
fn input_and_output_of(krate: &CratePath, argument: &Type) -> (TokenStream, TokenStream) {
    match called_by_name(argument) {
        Some(_) => input_and_output(krate, Some(argument)),
        None => {
            let module = quote!(<#argument as #krate::module::Module>);
            (quote!(#module::Input), quote!(#module::Output))
        }
    }
}

fn impls(
    krate: &CratePath,
    vis: &Visibility,
    ident: &Ident,
    made_of: &TokenStream,
    input: &TokenStream,
    output: &TokenStream,
) -> TokenStream {
    let clone_and_debug = clone_and_debug(ident);
    quote! {
        #[allow(dead_code)]
        impl #ident {
            /// Stands in for a module with mistakes.
            #vis fn new(#made_of) -> Self {
                ::core::unreachable!()
            }

            /// Stands in for a module with mistakes.
            #vis fn render(&self, _: &#input) -> ::std::vec::Vec<#krate::lm::Message> {
                ::core::unreachable!()
            }
        }

        #clone_and_debug

        #[automatically_derived]
        impl #krate::module::FromLm for #ident {
            fn from_lm(_: #krate::lm::Lm) -> Self {
                ::core::unreachable!()
            }
        }

        #[automatically_derived]
        impl #krate::module::Module for #ident {
            type Input = #input;
            type Output = #output;

            async fn forward(
                &self,
                _: &#krate::call::Context<'_>,
                _: Self::Input,
            ) -> ::core::result::Result<Self::Output, #krate::call::CallError> {
                ::core::unreachable!()
            }

            fn predictors(&self) -> ::std::vec::Vec<&#krate::module::Predictor> {
                ::core::unreachable!()
            }

            fn predictors_mut(&mut self) -> ::std::vec::Vec<&mut #krate::module::Predictor> {
                ::core::unreachable!()
            }
        }
    }
}
