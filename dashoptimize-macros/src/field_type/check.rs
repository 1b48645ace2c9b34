//! Rules about more than one part of a type.

use std::collections::BTreeMap;

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::Type;

use super::ast::{FieldType, Payload, Property, Shape};
use super::nested_option::refuse_nested_option;
use crate::diagnostics::Diagnostics;

pub(super) fn check(ty: &FieldType<'_>) -> syn::Result<()> {
    let mut errors = Diagnostics::default();
    match &ty.shape {
        Shape::Enum(variants) => {
            if variants.is_empty() {
                let message = format!("`{}` has no variant that a model could choose", ty.ident);
                errors.at(ty.ident.span(), message);
            }
            let names = variants.iter().filter(|variant| variant.cfgs.is_empty());
            check_names_differ(
                names.map(|variant| (variant.name.as_str(), variant.ident, variant.name_span)),
                &mut errors,
            );
            for variant in variants {
                match &variant.payload {
                    Payload::Nothing => {}
                    Payload::Value(value) => check_type(ty.ident, value, &mut errors),
                    Payload::Properties(properties) => {
                        check_properties(ty, properties, &mut errors)
                    }
                }
            }
        }
        Shape::Struct(properties) => check_properties(ty, properties, &mut errors),
        Shape::Newtype(inner) => check_type(ty.ident, inner, &mut errors),
    }
    errors.finish(())
}

fn check_properties(ty: &FieldType<'_>, properties: &[Property<'_>], errors: &mut Diagnostics) {
    let names = properties
        .iter()
        .filter(|property| property.cfgs.is_empty());
    check_names_differ(
        names.map(|property| (property.name.as_str(), property.ident, property.name_span)),
        errors,
    );
    for property in properties {
        check_type(ty.ident, property.ty, errors);
    }
}

// Models and data identify parts by name only.
fn check_names_differ<'a>(
    names: impl Iterator<Item = (&'a str, &'a Ident, Span)>,
    errors: &mut Diagnostics,
) {
    let mut seen: BTreeMap<&str, &Ident> = BTreeMap::new();
    for (name, ident, span) in names {
        match seen.get(name) {
            // rustc itself reports equal Rust names.
            Some(first) if *first != ident => {
                errors.at(span, format!("`{name}` is already the name of `{first}`"));
            }
            Some(_) => {}
            None => {
                seen.insert(name, ident);
            }
        }
    }
}

fn check_type(ident: &Ident, ty: &Type, errors: &mut Diagnostics) {
    refuse_nested_option(ty, errors);
    // A prompt spells a type out and would never end.
    if mentions(&ty.to_token_stream(), ident) {
        errors.under(
            ty,
            format!(
                "`{ident}` contains itself here, so its schema has no end; use `String` or \
                 `serde_json::Value` for the inner part"
            ),
        );
    }
}

/// Whether the name is in the type, alone or at the start of a path.
pub(crate) fn mentions(ty: &TokenStream, ident: &Ident) -> bool {
    let mut before = [' ', ' '];
    ty.clone().into_iter().any(|token| {
        let found = match &token {
            TokenTree::Ident(name) => before != [':', ':'] && (name == ident || name == "Self"),
            TokenTree::Group(group) => mentions(&group.stream(), ident),
            _ => false,
        };
        let now = match &token {
            TokenTree::Punct(punct) => punct.as_char(),
            _ => ' ',
        };
        before = [before[1], now];
        found
    })
}
