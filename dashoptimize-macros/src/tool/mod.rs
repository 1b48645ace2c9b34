//! `#[tool]`: a function that a model can call. `tools![…]`: a list of tools.

mod ast;
mod check;
mod codegen;
mod fallback;
mod items;
mod list;
mod methods;

use proc_macro2::TokenStream;
use syn::ItemImpl;

pub(crate) use items::items;
pub(crate) use list::{expand as expand_list, list_of, refuse_repeated};

pub(crate) fn expand(args: TokenStream, item: &TokenStream) -> TokenStream {
    if let Ok(item) = syn::parse2::<ItemImpl>(item.clone()) {
        return methods::expand(args, item);
    }
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
