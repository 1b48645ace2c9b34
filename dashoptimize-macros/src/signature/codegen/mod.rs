//! What a correct signature expands to. Nothing here can fail.
//!
//! ```text
//! pub struct Triage { … }                    the user's struct
//! pub struct TriageInput { … }               types.rs
//! pub struct TriageOutput { … }
//! pub struct TriagePartial { … }
//! const _: () = {
//!     const __FIELD_0: FieldCodec<String> = signature_field::<String>();   data.rs
//!     const __CHECKS_0: &[Check] = &[ … ];
//!     const __FIELDS: &[Field] = &[ … ];
//!     impl Clone, Debug, PartialEq for …     types.rs
//!     impl Record for …                      traits.rs
//!     impl Row, Signature, Example for Triage
//! };
//! ```

mod data;
mod plan;
mod traits;
mod types;

use proc_macro2::TokenStream;
use quote::quote;
use syn::Attribute;

use self::plan::Plan;
pub(super) use self::plan::names;
use super::ast::Signature;

pub(super) fn signature(signature: &Signature) -> TokenStream {
    let plan = Plan::new(signature);
    let item = &signature.item;
    let types = types::definitions(&plan);
    let data = data::consts(&plan);
    let type_impls = types::impls(&plan);
    let traits = traits::impls(&plan);
    let lints = allow_deprecated(signature);
    quote! {
        #item
        #types
        #lints
        const _: () = {
            #data
            #type_impls
            #traits
        };
    }
}

// A deprecated field is still part of the prompt; only the user's own uses deserve a warning.
fn allow_deprecated(signature: &Signature) -> Option<TokenStream> {
    let deprecated = |attr: &Attribute| attr.path().is_ident("deprecated");
    let fields = signature.item.fields.iter().flat_map(|field| &field.attrs);
    let mut attrs = signature.item.attrs.iter().chain(fields);
    attrs.any(deprecated).then(|| quote!(#[allow(deprecated)]))
}
