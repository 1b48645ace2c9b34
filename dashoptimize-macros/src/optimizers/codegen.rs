//! What a chain expands to. Nothing here can fail.
//!
//! ```text
//! optimizers()
//!     .then(stage::<LabeledFewShot>().max_demos(2))
//!     .then(stage::<RandomSearch>().seeds(-3..3))
//! ```

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

use super::ast::{Chain, Stage};
use super::settings::Setting;
use crate::crate_path::CratePath;
use crate::place::{nothing_at, turbofish_at};

/// The chain, and the errors of what is not in it.
pub(super) fn chain(krate: &CratePath, chain: &Chain, errors: Option<TokenStream>) -> TokenStream {
    let stages = chain.stages.iter().map(|written| stage(krate, written));
    let value = quote!(#krate::__private::optimizers() #(.then(#stages))*);
    match errors {
        Some(errors) => quote!({ #errors #value }),
        None => value,
    }
}

/// A method call under the user's key: rustc completes it and suggests the nearest one.
fn stage(krate: &CratePath, stage: &Stage) -> TokenStream {
    let optimizer = stage.optimizer.to_token_stream();
    let made = turbofish_at(&quote!(#krate::__private::stage), &optimizer);
    let settings = stage.settings.iter();
    let settings = settings.map(|Setting { key, value }| match value {
        Some(value) => quote!(.#key(#value)),
        None => {
            let nothing = nothing_at(key.span());
            quote!(.#key #nothing)
        }
    });
    quote!(#made #(#settings)*)
}
