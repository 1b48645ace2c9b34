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

impl ToTokens for CratePath {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.0.to_tokens(tokens);
    }
}
