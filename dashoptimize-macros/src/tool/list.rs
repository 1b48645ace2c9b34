//! `tools![search, calculator]`: a list of tools.

use std::collections::BTreeSet;

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};
use syn::Expr;
use syn::parse::Parser;

use crate::crate_path::CratePath;
use crate::diagnostics::Diagnostics;
use crate::options::{split_at_commas, within};
use crate::place::call_at;
use crate::words::peeled;

pub(crate) fn expand(items: TokenStream) -> TokenStream {
    let mut errors = Diagnostics::default();
    let list = list(&CratePath::default(), items, &mut errors);
    match errors.finish(()) {
        Ok(()) => list,
        // In braces the errors are statements, so that all of them are shown.
        Err(errors) => {
            let errors = errors.into_compile_error();
            quote!({ #errors #list })
        }
    }
}

/// A `Vec` of tools. Those that cannot be read are reported and left out.
fn list(krate: &CratePath, items: TokenStream, errors: &mut Diagnostics) -> TokenStream {
    let pieces = split_at_commas(items).into_iter();
    let items: Vec<Expr> = pieces
        .filter_map(|piece| errors.keep(parse(piece)))
        .collect();
    refuse_repeated(&items, errors);
    list_of(krate, items)
}

/// Rejects a function that is in a list twice, because a model calls tools by their names.
pub(crate) fn refuse_repeated<'a>(
    items: impl IntoIterator<Item = &'a Expr>,
    errors: &mut Diagnostics,
) {
    let mut seen = BTreeSet::new();
    for item in items {
        if let Expr::Path(path) = peeled(item.clone())
            && !seen.insert(path.to_token_stream().to_string().replace(' ', ""))
        {
            let name = path.to_token_stream().to_string().replace(' ', "");
            errors.under(
                item,
                format!("`{name}` is already in this list; remove this one"),
            );
        }
    }
}

/// A `Vec` of these tools.
pub(crate) fn list_of(krate: &CratePath, items: impl IntoIterator<Item = Expr>) -> TokenStream {
    let tools = items.into_iter().map(|item| tool(krate, item));
    quote! {
        ::std::vec::Vec::<::std::sync::Arc<dyn #krate::tool::Tool>>::from([#(#tools),*])
    }
}

fn parse(piece: TokenStream) -> syn::Result<Expr> {
    let last = piece
        .clone()
        .into_iter()
        .last()
        .map_or_else(Span::call_site, |token| token.span());
    let parser = |input: syn::parse::ParseStream<'_>| {
        let item = input.parse()?;
        match input.is_empty() {
            true => Ok(item),
            false => Err(input.error("a tool ends before this; write a comma between tools")),
        }
    };
    parser.parse2(piece).map_err(|error| within(&error, last))
}

/// A bare path names a function with `#[tool]`; anything else is a value.
fn tool(krate: &CratePath, item: Expr) -> TokenStream {
    match peeled(item) {
        Expr::Path(function) if function.attrs.is_empty() => {
            quote!(<#function as #krate::tool::ToolFunction>::tool())
        }
        value => {
            let value = value.into_token_stream();
            call_at(
                &value,
                quote!(#krate::tool::IntoTool::into_tool),
                value.clone(),
            )
        }
    }
}
