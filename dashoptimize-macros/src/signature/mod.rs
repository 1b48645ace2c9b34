//! `#[signature]`: a labelled row whose fields are the inputs and outputs of a step.

mod arguments;
mod ast;
mod check;
mod codegen;
mod fallback;
mod field;
mod fit;
mod role;
mod rule;

pub(crate) use self::rule::number;

use proc_macro2::TokenStream;

pub(crate) fn expand(args: TokenStream, item: &TokenStream) -> TokenStream {
    match try_expand(args.clone(), item.clone()) {
        Ok(expanded) => expanded,
        // Return the user's own item with the errors: the rest of the file still type-checks against
        // it, and the editor keeps working inside it.
        Err(errors) => fallback::expand(args, item, &errors),
    }
}

pub(crate) fn try_expand(args: TokenStream, item: TokenStream) -> syn::Result<TokenStream> {
    let signature = ast::Signature::parse(args, item)?;
    check::check(&signature)?;
    Ok(codegen::signature(&signature))
}
