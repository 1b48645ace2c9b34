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
mod traits;
mod types;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote};
use syn::Attribute;
use syn::ext::IdentExt;

use super::ast::Signature;
use super::field::Field;
use super::role::Role;

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

/// What the code generation below needs, computed once.
struct Plan<'a> {
    signature: &'a Signature,
    /// `::dashoptimize::__private`
    private: TokenStream,
    /// `::dashoptimize::signature`
    runtime: TokenStream,
    row: &'a Ident,
    input: Ident,
    output: Ident,
    partial: Ident,
    fields: Vec<PlannedField<'a>>,
}

/// A field and the const that knows its type.
struct PlannedField<'a> {
    field: &'a Field,
    /// `__FIELD_3`: a `FieldCodec`, or the function that fills a skipped field.
    codec: Ident,
    /// `__CHECKS_3`
    checks: Ident,
    /// `__value_3`
    value: Ident,
}

impl<'a> Plan<'a> {
    fn new(signature: &'a Signature) -> Self {
        let krate = &signature.krate;
        let row = &signature.item.ident;
        let [input, output, partial] = names(row);
        let fields = signature.fields.iter().enumerate();
        Self {
            signature,
            private: quote!(#krate::__private),
            runtime: quote!(#krate::signature),
            row,
            input,
            output,
            partial,
            fields: fields
                .map(|(index, field)| PlannedField::new(index, field))
                .collect(),
        }
    }

    fn of_role(&self, role: Role) -> impl Iterator<Item = &PlannedField<'a>> {
        self.fields
            .iter()
            .filter(move |planned| planned.field.role == role)
    }

    /// The fields in prompt and data, inputs first as in the source.
    fn spoken(&self) -> impl Iterator<Item = &PlannedField<'a>> {
        self.fields
            .iter()
            .filter(|planned| planned.field.role != Role::Skip)
    }
}

impl<'a> PlannedField<'a> {
    fn new(index: usize, field: &'a Field) -> Self {
        Self {
            field,
            codec: format_ident!("__FIELD_{index}"),
            checks: format_ident!("__CHECKS_{index}"),
            value: format_ident!("__value_{index}", span = Span::mixed_site()),
        }
    }

    /// The tokens with the `#[cfg]`s of the field.
    fn cfg(&self, tokens: impl ToTokens) -> TokenStream {
        let cfgs = &self.field.cfgs;
        quote!(#(#cfgs)* #tokens)
    }
}

/// The types that are generated for `Triage`: `TriageInput`, `TriageOutput`, `TriagePartial`.
pub(super) fn names(row: &Ident) -> [Ident; 3] {
    let plain = row.unraw();
    ["Input", "Output", "Partial"].map(|part| Ident::new(&format!("{plain}{part}"), row.span()))
}
