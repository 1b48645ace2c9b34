//! `#[tool]`: a function that a model can call. `tools![…]`: a list of tools.

mod ast;
mod check;
mod codegen;
mod fallback;
mod list;

use proc_macro2::TokenStream;

pub(crate) use list::{expand as expand_list, list_of};

pub(crate) fn expand(args: TokenStream, item: &TokenStream) -> TokenStream {
    match try_expand(args.clone(), item.clone()) {
        Ok(expanded) => expanded,
        Err(errors) => fallback::expand(args, item, &errors),
    }
}

pub(crate) fn try_expand(args: TokenStream, item: TokenStream) -> syn::Result<TokenStream> {
    let tool = ast::Tool::parse(args, item)?;
    check::check(&tool)?;
    Ok(codegen::tool(&tool))
}
