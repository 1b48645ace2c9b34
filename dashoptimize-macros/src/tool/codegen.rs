//! What a correct tool expands to. Nothing here can fail.
//!
//! ```text
//! fn search(query: &str, top_k: Option<usize>) -> String { … }     the user's function
//! struct search {}                                                 its name as a type
//! const _: () = {
//!     const __ARGUMENT_0: FieldCodec<String> = tool_argument::<String>();
//!     const __ARGUMENTS: &[Property] = &[ … ];
//!     impl ToolFunction for search { … }
//! };
//! ```
//!
//! A struct with braces is a type but not a value, so it can have the function's name. `tools![search]` and a
//! `use` of the function refer to it by that name.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote};
use syn::{Attribute, ReturnType};

use super::ast::{Argument, Function, Tool};
use crate::crate_path::CratePath;
use crate::place::call_at;
use crate::words::Words;

pub(super) fn tool(tool: &Tool) -> TokenStream {
    let function = &tool.function;
    let name = name_type(function);
    let needed = needed(&function.attrs);
    let data = data(tool);
    let implementation = implementation(tool);
    quote! {
        #function
        #name
        #needed
        const _: () = {
            #data
            #implementation
        };
    }
}

/// The function's name as a type.
pub(super) fn name_type(function: &Function) -> TokenStream {
    let Function { vis, sig, .. } = function;
    let ident = &sig.ident;
    let cfgs = cfgs(&function.attrs);
    quote! {
        #(#cfgs)*
        #[doc(hidden)]
        #[allow(
            dead_code,
            missing_copy_implementations,
            missing_debug_implementations,
            non_camel_case_types
        )]
        #vis struct #ident {}
    }
}

/// The attributes of the function that everything which mentions it must have as well.
fn needed(attrs: &[Attribute]) -> TokenStream {
    let cfgs = cfgs(attrs);
    let deprecated = attrs.iter().any(|attr| attr.path().is_ident("deprecated"));
    let allow = deprecated.then(|| quote!(#[allow(deprecated)]));
    quote!(#(#cfgs)* #allow)
}

pub(super) fn cfgs(attrs: &[Attribute]) -> impl Iterator<Item = &Attribute> {
    attrs.iter().filter(|attr| attr.path().is_ident("cfg"))
}

/// The arguments' types are turbofishes of a bound: one that cannot be an argument is reported under the
/// type, and only there.
fn data(tool: &Tool) -> TokenStream {
    let krate = &tool.krate;
    let arguments = tool.arguments.iter().enumerate();
    let codecs = arguments.clone().map(|(index, argument)| {
        let Argument { ty, .. } = argument;
        let codec = codec(index);
        quote! {
            const #codec: #krate::__private::FieldCodec<#ty> =
                #krate::__private::tool_argument::<#ty>();
        }
    });
    let properties = arguments.map(|(index, argument)| {
        let Argument { name, doc, .. } = argument;
        let codec = codec(index);
        let doc = text(doc.as_ref());
        quote!(#krate::__private::property(#name, #doc, #codec.ty))
    });
    quote! {
        #(#codecs)*
        const __ARGUMENTS: &[#krate::signature::Property] = &[#(#properties),*];
    }
}

fn implementation(tool: &Tool) -> TokenStream {
    let krate = &tool.krate;
    let Tool {
        function,
        name,
        description,
        ..
    } = tool;
    let ident = &function.sig.ident;
    let description = text(description.as_ref());
    let spec = quote!(&#krate::__private::tool_spec(#name, #description, __ARGUMENTS));
    let body = body(tool);
    tool_function(krate, ident, &spec, &body)
}

/// `impl ToolFunction for search`
pub(super) fn tool_function(
    krate: &CratePath,
    ident: &Ident,
    spec: &TokenStream,
    body: &TokenStream,
) -> TokenStream {
    quote! {
        #[automatically_derived]
        impl #krate::tool::ToolFunction for #ident {
            const SPEC: &'static #krate::tool::ToolSpec = #spec;

            fn call(
                __arguments: #krate::__private::Fields,
            ) -> #krate::lm::BoxFuture<
                'static,
                ::core::result::Result<::std::string::String, #krate::tool::ToolError>,
            > {
                #body
            }
        }
    }
}

/// A future that cannot be sent between threads is reported under the function's name.
fn body(tool: &Tool) -> TokenStream {
    let krate = &tool.krate;
    let sig = &tool.function.sig;
    let ident = &sig.ident;
    let reads = reads(tool);
    let arguments = tool.arguments.iter().enumerate().map(|(index, argument)| {
        let value = value(index);
        match argument.by_reference {
            true => quote!(&#value),
            false => value.into_token_stream(),
        }
    });
    let awaited = sig.asyncness.map(|_| quote!(.await));
    let output = match &sig.output {
        ReturnType::Default => quote!(()),
        ReturnType::Type(_, ty) => ty.to_token_stream(),
    };
    let future = quote! {
        async move {
            #reads
            #krate::__private::tool_output::<#output>(#ident(#(#arguments),*)#awaited)
        }
    };
    call_at(
        &ident.to_token_stream(),
        quote!(#krate::__private::tool_future),
        future,
    )
}

/// Takes the arguments out of what the model wrote.
fn reads(tool: &Tool) -> TokenStream {
    let krate = &tool.krate;
    let reader = quote!(#krate::__private::tool_arguments(__arguments));
    if tool.arguments.is_empty() {
        return quote!(#reader.finish()?;);
    }
    let takes = tool.arguments.iter().enumerate().map(|(index, argument)| {
        let (name, value, codec) = (&argument.name, value(index), codec(index));
        quote!(let #value = __reader.take(#name, &#codec)?;)
    });
    quote! {
        let mut __reader = #reader;
        #(#takes)*
        __reader.finish()?;
    }
}

fn codec(index: usize) -> Ident {
    format_ident!("__ARGUMENT_{index}")
}

fn value(index: usize) -> Ident {
    format_ident!("__argument_{index}", span = Span::mixed_site())
}

fn text(words: Option<&Words>) -> TokenStream {
    words.map_or_else(|| quote!(""), ToTokens::to_token_stream)
}
