//! The full path of a module of the library.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

use crate::crate_path::CratePath;
use crate::module::ast::{Argument, MadeOf};

/// The full path of a module of the runtime.
pub(in crate::module) fn path_of(krate: &CratePath, made_of: &MadeOf) -> TokenStream {
    let (name, argument) = (&made_of.name, argument_of(krate, &made_of.argument));
    match made_of.argument {
        Argument::Nothing => quote!(#krate::module::#name),
        _ => quote!(#krate::module::#name<#argument>),
    }
}

/// What is in the angle brackets.
pub(super) fn argument_of(krate: &CratePath, argument: &Argument) -> TokenStream {
    match argument {
        Argument::Type(ty) => ty.to_token_stream(),
        Argument::Module(made_of) => path_of(krate, made_of),
        Argument::Nothing => TokenStream::new(),
    }
}
