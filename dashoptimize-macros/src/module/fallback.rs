//! What a module with mistakes expands to, beside the errors: a type that can be used like it.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::parse::{Parse, ParseStream, Parser};
use syn::{Attribute, Token, Type, Visibility};

use super::ast::{RawItem, is_with, signature_of};
use super::kind::{Kind, NAMES};
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
    let impls = impls(krate, &vis, &ident, &input, &output);
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

/// The types that the module most likely was meant to have.
fn input_and_output(krate: &CratePath, ty: Option<&Type>) -> (TokenStream, TokenStream) {
    let path = match ty {
        Some(Type::Path(path)) => &path.path,
        _ => return (quote!(()), quote!(())),
    };
    let Ok(signature) = signature_of(path) else {
        return (quote!(()), quote!(()));
    };
    let signature = quote!(<#signature as #krate::signature::Signature>);
    let name = path
        .segments
        .last()
        .map(|segment| segment.ident.to_string());
    let kind = name
        .and_then(|name| nearest(&name, &NAMES))
        .and_then(Kind::from_name);
    let output = match kind.and_then(|kind| kind.gives) {
        Some(around) => {
            let around = Ident::new(around, Span::call_site());
            quote!(#krate::module::#around<#signature::Output>)
        }
        None => quote!(#signature::Output),
    };
    (quote!(#signature::Input), output)
}

fn impls(
    krate: &CratePath,
    vis: &Visibility,
    ident: &Ident,
    input: &TokenStream,
    output: &TokenStream,
) -> TokenStream {
    quote! {
        #[allow(dead_code)]
        impl #ident {
            /// Stands in for a module with mistakes.
            #vis fn new(_: impl ::core::convert::Into<#krate::lm::Lm>) -> Self {
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
