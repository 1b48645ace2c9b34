//! What a module with mistakes expands to, beside the errors: a type that can be used like it.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use syn::parse::{Parse, ParseStream, Parser};
use syn::{Attribute, Path, Token, Type, Visibility};

use super::ast::{RawItem, is_with, signature_of};
use super::kind::{Kind, MadeOf, NAMES};
use crate::crate_path::CratePath;
use crate::nearest::nearest;

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

/// The item as far as it goes.
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
    // `struct` for `type`, and the like.
    match input.parse::<Option<Token![type]>>()? {
        Some(_) => {}
        None => drop(input.parse::<proc_macro2::TokenTree>()?),
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

/// The module that was most likely meant.
fn meant(ty: Option<&Type>) -> Option<(&Path, Option<&'static Kind>)> {
    let Some(Type::Path(path)) = ty else {
        return None;
    };
    let name = path.path.segments.last()?.ident.to_string();
    let kind = nearest(&name, &NAMES).and_then(Kind::from_name);
    Some((&path.path, kind))
}

/// The types that the module most likely was meant to have.
fn input_and_output(krate: &CratePath, ty: Option<&Type>) -> (TokenStream, TokenStream) {
    let Some((path, kind)) = meant(ty) else {
        return (quote!(()), quote!(()));
    };
    if let Some(kind) = without_model(kind) {
        let name = format_ident!("{}", kind.name);
        let module = quote!(#krate::module::#name as #krate::module::Module);
        return (quote!(<#module>::Input), quote!(<#module>::Output));
    }
    let Ok(signature) = signature_of(path) else {
        return (quote!(()), quote!(()));
    };
    let signature = quote!(<#signature as #krate::signature::Signature>);
    let output = match kind.and_then(|kind| kind.adds) {
        Some(_) => quote!(#krate::module::Reasoned<#signature::Output>),
        None => quote!(#signature::Output),
    };
    (quote!(#signature::Input), output)
}

fn without_model(kind: Option<&'static Kind>) -> Option<&'static Kind> {
    kind.filter(|kind| kind.made_of != MadeOf::Signature)
}

/// What a program is made of: a model, or nothing.
fn made_of(krate: &CratePath, ty: Option<&Type>) -> TokenStream {
    match without_model(meant(ty).and_then(|(_, kind)| kind)) {
        Some(_) => TokenStream::new(),
        None => quote!(_: impl ::core::convert::Into<#krate::lm::Lm>),
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

        #[automatically_derived]
        impl ::core::clone::Clone for #ident {
            fn clone(&self) -> Self {
                ::core::unreachable!()
            }
        }

        #[automatically_derived]
        impl ::core::fmt::Debug for #ident {
            fn fmt(&self, _: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                ::core::unreachable!()
            }
        }

        #[automatically_derived]
        impl #krate::module::Module for #ident {
            type Input = #input;
            type Output = #output;

            async fn forward(
                &self,
                _: &#krate::module::Context<'_>,
                _: Self::Input,
            ) -> ::core::result::Result<Self::Output, #krate::module::CallError> {
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
