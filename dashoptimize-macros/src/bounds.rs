//! Bounds under which a generated impl is there.

use std::collections::HashSet;

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::Type;

/// A `where` clause with a bound on each of these types, once where a type is there several times, because
/// rustc checks every bound. `for<'__a>` makes it check them where the impl is used, not here, so that a type
/// without the trait is not an error (rust-lang/rust#48214).
pub(crate) fn if_all<'a>(
    types: impl Iterator<Item = &'a Type>,
    bound: &TokenStream,
) -> TokenStream {
    let mut seen = HashSet::new();
    let bounds = types
        .filter(|ty| seen.insert(ty.to_token_stream().to_string()))
        .map(|ty| quote!(for<'__a> #ty: #bound));
    quote!(where #(#bounds,)*)
}
