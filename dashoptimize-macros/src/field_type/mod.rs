//! `#[derive(FieldType)]`: enums and structs as types of fields.

mod ast;
mod attributes;
mod check;
mod codegen;
mod fallback;
mod nested_option;

pub(crate) use self::check::mentions;
pub(crate) use self::nested_option::refuse_nested_option;

use proc_macro2::TokenStream;
use syn::DeriveInput;

pub(crate) fn expand(item: TokenStream) -> TokenStream {
    match try_expand(item.clone()) {
        Ok(expanded) => expanded,
        Err(errors) => fallback::expand(item, &errors),
    }
}

pub(crate) fn try_expand(item: TokenStream) -> syn::Result<TokenStream> {
    let item: DeriveInput = syn::parse2(item)?;
    let ty = ast::FieldType::parse(&item)?;
    check::check(&ty)?;
    Ok(codegen::field_type(&ty))
}
