//! `pipeline!` over optimizers: `A { … } >> B { … }`.
//!
//! The macro knows no optimizer and no setting: names are types, and settings are methods.

mod ast;
mod codegen;
mod settings;

use proc_macro2::TokenStream;

use self::ast::Chain;
use crate::crate_path::CratePath;
use crate::diagnostics::Diagnostics;

pub(crate) use ast::is_chain;

pub(crate) fn expand(tokens: TokenStream) -> TokenStream {
    let mut errors = Diagnostics::default();
    let chain = Chain::parse(tokens, &mut errors);
    let errors = errors.finish(()).map_err(syn::Error::into_compile_error);
    codegen::chain(&CratePath::default(), &chain, errors.err())
}

#[cfg(test)]
pub(crate) fn try_expand(tokens: TokenStream) -> syn::Result<TokenStream> {
    let mut errors = Diagnostics::default();
    let chain = Chain::parse(tokens, &mut errors);
    errors.finish(codegen::chain(&CratePath::default(), &chain, None))
}
