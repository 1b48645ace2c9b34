//! Items that come with a type.

use proc_macro2::TokenStream;
use syn::{DeriveInput, Meta};

/// What is in `#[items(…)]`.
pub(crate) fn items(item: &TokenStream) -> TokenStream {
    let attrs = syn::parse2::<DeriveInput>(item.clone()).map(|item| item.attrs);
    let attrs = attrs.unwrap_or_default().into_iter();
    let items = attrs.filter_map(|attr| match attr.meta {
        Meta::List(list) if list.path.is_ident("items") => Some(list.tokens),
        _ => None,
    });
    items.collect()
}
