//! `module!`: names a typed step.

mod ast;
mod codegen;
mod fallback;
mod half_typed;
mod kind;
mod signature_text;

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

pub(crate) use self::ast::{ModuleOption, take_options};
pub(crate) use self::codegen::{Needed, lacks_added_field, over_state, set};
pub(crate) use self::kind::{Kind, NAMES, Over};

use crate::crate_path::CratePath;
use crate::editor;

pub(crate) fn expand(items: TokenStream) -> TokenStream {
    let krate = CratePath::default();
    let pieces = ast::split_items(items);
    if pieces.is_empty() {
        let message = "name a module here, as in `pub type Classify = Predict<Triage>;`";
        // There is no token to put it under.
        return syn::Error::new(Span::call_site(), message).into_compile_error();
    }
    let mut names: Vec<String> = Vec::new();
    let pieces = pieces.into_iter().map(|piece| {
        let name = ast::name(piece.clone());
        match name {
            Some(name) if names.contains(&name.to_string()) => taken(&name),
            name => {
                names.extend(name.map(|name| name.to_string()));
                expand_item(&krate, piece)
            }
        }
    });
    pieces.collect()
}

fn taken(name: &Ident) -> TokenStream {
    let message = format!("`{name}` is already a module; give this one another name");
    syn::Error::new(name.span(), message).into_compile_error()
}

/// Items are independent: a mistake in one does not affect the others.
fn expand_item(krate: &CratePath, piece: TokenStream) -> TokenStream {
    let options = editor::asks().then(|| half_typed::options(krate, piece.clone()));
    let options = options.flatten();
    match ast::Module::parse(piece.clone()) {
        Ok(module) => {
            let module = codegen::module(krate, &module);
            quote!(#options #module)
        }
        Err(errors) => {
            let errors = errors.into_compile_error();
            let stand_in = fallback::stand_in(krate, piece);
            quote!(#options #errors #stand_in)
        }
    }
}

#[cfg(test)]
pub(crate) fn try_expand(items: TokenStream) -> syn::Result<TokenStream> {
    let krate = CratePath::default();
    let mut errors = crate::diagnostics::Diagnostics::default();
    let pieces = ast::split_items(items).into_iter();
    let modules: Vec<_> = pieces
        .filter_map(|piece| errors.keep(ast::Module::parse(piece)))
        .collect();
    let modules = modules.iter().map(|module| codegen::module(&krate, module));
    errors.finish(modules.collect())
}
