//! What a field is to the model, and the attributes that say so.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::Attribute;

use crate::diagnostics::Diagnostics;
use crate::nearest::{nearest, suggestion};

const NAMES: [&str; 3] = ["input", "output", "skip"];

/// What a field is to the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Input,
    Output,
    Skip,
}

impl Role {
    /// The role of a field in the prompt.
    pub(crate) fn in_runtime(self, runtime: &TokenStream) -> TokenStream {
        match self {
            Self::Input => quote!(#runtime::Role::Input),
            Self::Output | Self::Skip => quote!(#runtime::Role::Output),
        }
    }
}

/// Removes and returns the attributes that name a role or were meant to.
pub(super) fn take_role_attributes(field: &mut syn::Field) -> Vec<Attribute> {
    let attrs = std::mem::take(&mut field.attrs).into_iter();
    let (roles, rest) = attrs.partition(|attr| {
        let name = attr.path().get_ident().map(ToString::to_string);
        name.is_some_and(|name| nearest(&name, &NAMES).is_some())
    });
    field.attrs = rest;
    roles
}

/// The role that an attribute names; a misspelled one is reported.
pub(super) fn role_of(attr: &Attribute, errors: &mut Diagnostics) -> Option<Role> {
    let name = attr.path().to_token_stream().to_string();
    match exact_role(&name) {
        Some(role) => Some(role),
        None => {
            let message = format!("`{name}` is not a role; {}", suggestion(&name, &NAMES));
            errors.under(attr.path(), message);
            // What was meant is known, so the field is not reported again.
            meant_role(attr)
        }
    }
}

fn exact_role(name: &str) -> Option<Role> {
    match name {
        "input" => Some(Role::Input),
        "output" => Some(Role::Output),
        "skip" => Some(Role::Skip),
        _ => None,
    }
}

/// The role that an attribute names or nearly names.
pub(super) fn meant_role(attr: &Attribute) -> Option<Role> {
    let name = attr.path().get_ident()?.to_string();
    nearest(&name, &NAMES).and_then(exact_role)
}
