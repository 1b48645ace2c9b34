//! What a tool with mistakes expands to: the errors, the user's function, and a stand-in for its uses
//! as a tool.

use proc_macro2::TokenStream;
use quote::quote;
use syn::FnArg;

use super::ast::{Function, Options};
use super::codegen::{cfgs, name_type, tool_function};
use crate::diagnostics::Diagnostics;

pub(super) fn expand(args: TokenStream, item: &TokenStream, errors: &syn::Error) -> TokenStream {
    let errors = errors.to_compile_error();
    let Ok(mut function) = syn::parse2::<Function>(item.clone()) else {
        // Not a function, or not yet: it is returned as it is.
        return quote!(#errors #item);
    };
    function.take_docs();
    let is_method = function
        .sig
        .inputs
        .iter()
        .any(|input| matches!(input, FnArg::Receiver(_)));
    if is_method {
        // Among methods there can be no type.
        return quote!(#errors #function);
    }
    // Mistakes in the options are already among the errors.
    let krate = Options::parse(args, &mut Diagnostics::default()).krate;
    let name = name_type(&function);
    let cfgs = cfgs(&function.attrs);
    let spec = quote!(&#krate::__private::tool_spec("", "", &[]));
    let body = quote! {
        let _ = __arguments;
        ::core::unreachable!()
    };
    let implementation = tool_function(&krate, &function.sig.ident, &spec, &body);
    quote! {
        #errors
        #function
        #name
        #(#cfgs)*
        const _: () = {
            #implementation
        };
    }
}
