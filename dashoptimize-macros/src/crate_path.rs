//! The path of the runtime, which only this file knows.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

/// Path of the runtime crate in expansions: `::dashoptimize`, or what `crate = …` says.
#[derive(Clone)]
pub(crate) struct CratePath(TokenStream);

impl Default for CratePath {
    fn default() -> Self {
        Self(quote!(::dashoptimize))
    }
}

impl From<syn::Path> for CratePath {
    fn from(path: syn::Path) -> Self {
        Self(path.into_token_stream())
    }
}

/// The attribute of an implementation that errors do not offer as an example. It is for the signatures and programs
/// of the library itself, which are not what a user can have meant.
pub(crate) fn not_recommended() -> TokenStream {
    match std::env::var("CARGO_PKG_NAME").as_deref() {
        Ok("dashoptimize") => quote!(#[diagnostic::do_not_recommend]),
        _ => TokenStream::new(),
    }
}

impl ToTokens for CratePath {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.0.to_tokens(tokens);
    }
}
