//! What a correct tool expands to. Nothing here can fail.
//!
//! ```text
//! fn search(query: &str, top_k: Option<usize>) -> String { … }     the user's function
//! #[derive(Items)]
//! #[items(const _: () = {                                          what follows, where the type is
//!     const __ARGUMENT_0: FieldCodec<String> = tool_argument::<String>();
//!     const __ARGUMENTS: &[Property] = &[ … ];
//!     impl ToolFunction for search { … }
//! };)]
//! struct search {}                                                 its name as a type
//! ```
//!
//! A function with `#[state]` is no tool yet; in place of `ToolFunction`, its type has a function `with`:
//!
//! ```text
//!     impl find { fn with(db: impl Into<Arc<Db>>) -> Arc<dyn Tool> { … } }
//! ```
//!
//! A struct with braces is a type but not a value, so it can have the function's name. `tools![search]` and a
//! `use` of the function refer to it by that name.

use proc_macro2::{Delimiter, Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote};
use syn::{Attribute, ReturnType};

use super::ast::{Argument, Function, State, Tool};
use crate::crate_path::CratePath;
use crate::place::{call_at, group_at, keyword_at};
use crate::words::Words;

pub(super) fn tool(tool: &Tool) -> TokenStream {
    let Tool {
        function, krate, ..
    } = tool;
    let name = name_type(function);
    let needed = needed(&function.attrs);
    let data = data(tool);
    let implementation = match tool.states().next() {
        None => implementation(tool),
        Some(_) => maker(tool),
    };
    let items = quote! {
        #needed
        const _: () = {
            #data
            #implementation
        };
    };
    // The items come with the type, so that a method, beside which there can be no type, is one error.
    let private = quote!(#krate::__private);
    quote! {
        #function
        #[derive(#private::Items)]
        #[items(#items)]
        #name
    }
}

/// The function's name as a type.
pub(super) fn name_type(function: &Function) -> TokenStream {
    let Function { vis, sig, .. } = function;
    let ident = &sig.ident;
    let cfgs = cfgs(&function.attrs);
    let keyword = keyword_at(ident.span(), "struct");
    let braces = group_at(ident.span(), Delimiter::Brace, TokenStream::new());
    quote! {
        #(#cfgs)*
        #[doc(hidden)]
        #[allow(
            dead_code,
            missing_copy_implementations,
            missing_debug_implementations,
            non_camel_case_types
        )]
        #vis #keyword #ident #braces
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
pub(super) fn data(tool: &Tool) -> TokenStream {
    let krate = &tool.krate;
    let arguments = tool.written_by_model();
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
    let ident = &tool.function.sig.ident;
    let body = body(tool, &quote!(#ident), None);
    tool_function(&tool.krate, ident, &spec(tool), &body)
}

pub(super) fn spec(tool: &Tool) -> TokenStream {
    let krate = &tool.krate;
    let description = text(tool.description.as_ref());
    let name = &tool.name;
    quote!(&#krate::__private::tool_spec(#name, #description, __ARGUMENTS))
}

/// `find::with(db)`: the tool with its state.
fn maker(tool: &Tool) -> TokenStream {
    let krate = &tool.krate;
    let Function { vis, sig, .. } = &tool.function;
    let ident = &sig.ident;
    let states: Vec<&State> = tool.states().collect();
    let names: Vec<&Ident> = states.iter().map(|state| &state.ident).collect();
    let parameters = states.iter().map(
        |State {
             ident,
             ty,
             converts,
         }| match converts {
            true => quote!(#ident: impl ::core::convert::Into<#ty>),
            false => quote!(#ident: #ty),
        },
    );
    let held = states.iter().map(
        |State {
             ident,
             ty,
             converts,
         }| {
            converts.then(|| quote!(let #ident: #ty = ::core::convert::Into::into(#ident);))
        },
    );
    let doc = format!("The tool `{}` with this state.", tool.name);
    let spec = spec(tool);
    let body = body(tool, &quote!(#ident), None);
    quote! {
        impl #ident {
            #[doc = #doc]
            #[allow(dead_code)]
            #[must_use]
            #vis fn with(#(#parameters),*) -> ::std::sync::Arc<dyn #krate::tool::Tool> {
                #(#held)*
                #krate::__private::tool_with(const { #spec }, move |__arguments| {
                    #(let #names = ::core::clone::Clone::clone(&#names);)*
                    #body
                })
            }
        }
    }
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
pub(super) fn body(tool: &Tool, path: &TokenStream, this: Option<TokenStream>) -> TokenStream {
    let krate = &tool.krate;
    let sig = &tool.function.sig;
    let ident = &sig.ident;
    let reads = reads(tool);
    let arguments = tool.arguments.iter().enumerate().map(|(index, argument)| {
        if let Some(State { ident, .. }) = &argument.state {
            return match argument.by_reference {
                true => quote!(&*#ident),
                false => quote!(#ident),
            };
        }
        let value = value(index);
        match argument.by_reference {
            true => quote!(&#value),
            false => value.into_token_stream(),
        }
    });
    let arguments = this.into_iter().chain(arguments);
    let awaited = sig.asyncness.map(|_| quote!(.await));
    let output = match &sig.output {
        ReturnType::Default => quote!(()),
        ReturnType::Type(_, ty) => ty.to_token_stream(),
    };
    let future = quote! {
        async move {
            #reads
            #krate::__private::tool_output::<#output>(#path(#(#arguments),*)#awaited)
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
    if tool.written_by_model().next().is_none() {
        return quote!(#reader.finish()?;);
    }
    let takes = tool.written_by_model().map(|(index, argument)| {
        let (name, value, codec) = (&argument.name, value(index), codec(index));
        quote!(let #value = __reader.take(#name, &#codec)?;)
    });
    quote! {
        let mut __reader = #reader;
        #(#takes)*
        __reader.finish()?;
    }
}

impl Tool {
    /// What a model writes, with the place among all arguments.
    fn written_by_model(&self) -> impl Iterator<Item = (usize, &Argument)> + Clone {
        let arguments = self.arguments.iter().enumerate();
        arguments.filter(|(_, argument)| argument.state.is_none())
    }

    /// What the tool holds.
    fn states(&self) -> impl Iterator<Item = &State> {
        self.arguments
            .iter()
            .filter_map(|argument| argument.state.as_ref())
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
