//! What the code of a signature is made from.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote};
use syn::ext::IdentExt;

use crate::signature::ast::Signature;
use crate::signature::field::Field;
use crate::signature::role::Role;

/// What code generation needs, computed once.
pub(super) struct Plan<'a> {
    pub(super) signature: &'a Signature,
    /// `::dashoptimize::__private`
    pub(super) private: TokenStream,
    /// `::dashoptimize::signature`
    pub(super) runtime: TokenStream,
    pub(super) row: &'a Ident,
    pub(super) input: Ident,
    pub(super) output: Ident,
    pub(super) partial: Ident,
    pub(super) fields: Vec<PlannedField<'a>>,
}

/// A field and the const that knows its type.
pub(super) struct PlannedField<'a> {
    pub(super) field: &'a Field,
    /// `__FIELD_3`: a `FieldCodec`, or the function that fills a skipped field.
    pub(super) codec: Ident,
    /// `__CHECKS_3`
    pub(super) checks: Ident,
    /// `__value_3`
    pub(super) value: Ident,
}

impl<'a> Plan<'a> {
    pub(super) fn new(signature: &'a Signature) -> Self {
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

    pub(super) fn of_role(&self, role: Role) -> impl Iterator<Item = &PlannedField<'a>> {
        self.fields
            .iter()
            .filter(move |planned| planned.field.role == role)
    }

    /// Whether the types of inputs and outputs derive a trait of this name.
    pub(super) fn derives(&self, name: &str) -> bool {
        let mut derives = self.signature.derives.iter();
        derives.any(|path| path.segments.last().is_some_and(|last| last.ident == name))
    }

    /// The values of fields that data may leave out.
    pub(super) fn defaults(&self) -> TokenStream {
        match self.spoken().any(|planned| planned.field.default.is_some()) {
            true => quote!(__DEFAULTS),
            false => quote!(&[]),
        }
    }

    /// Whether there is an output that no row has.
    pub(super) fn has_unlabeled(&self) -> bool {
        self.fields.iter().any(|planned| !planned.field.has_gold)
    }

    /// The fields of a row, as far as prompt and data know them.
    pub(super) fn labeled(&self) -> impl Iterator<Item = &PlannedField<'a>> {
        self.spoken().filter(|planned| planned.field.has_gold)
    }

    /// The fields in prompt and data, inputs first as in the source.
    pub(super) fn spoken(&self) -> impl Iterator<Item = &PlannedField<'a>> {
        self.fields
            .iter()
            .filter(|planned| planned.field.role != Role::Skip)
    }
}

impl<'a> PlannedField<'a> {
    pub(super) fn new(index: usize, field: &'a Field) -> Self {
        Self {
            field,
            codec: format_ident!("__FIELD_{index}"),
            checks: format_ident!("__CHECKS_{index}"),
            value: format_ident!("__value_{index}", span = Span::mixed_site()),
        }
    }

    /// The tokens with the `#[cfg]`s of the field.
    pub(super) fn cfg(&self, tokens: impl ToTokens) -> TokenStream {
        let cfgs = &self.field.cfgs;
        quote!(#(#cfgs)* #tokens)
    }
}

/// The types that are generated for `Triage`: `TriageInput`, `TriageOutput`, `TriagePartial`.
pub(in crate::signature) fn names(row: &Ident) -> [Ident; 3] {
    let plain = row.unraw();
    ["Input", "Output", "Partial"].map(|part| Ident::new(&format!("{plain}{part}"), row.span()))
}
