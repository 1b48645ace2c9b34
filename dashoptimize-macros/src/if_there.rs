//! Conditions on fields that may not be there.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

/// What must hold if a field with these `#[cfg]`s is there. An expression under `#[cfg]` needs a block.
pub(crate) fn if_there<A: ToTokens>(cfgs: &[A], holds: &TokenStream) -> TokenStream {
    match cfgs {
        [] => holds.clone(),
        cfgs => quote!({
            let __holds = true;
            #(#cfgs)*
            let __holds = #holds;
            __holds
        }),
    }
}
