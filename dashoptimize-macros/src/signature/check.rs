//! Rules that need more than one field. Rules about one field are checked where it is parsed.

use std::collections::BTreeMap;

use quote::ToTokens;

use super::ast::Signature;
use super::codegen::names;
use super::field::Field;
use super::role::Role;
use crate::diagnostics::Diagnostics;
use crate::field_type::mentions;
use crate::words::Words;

pub(super) fn check(signature: &Signature) -> syn::Result<()> {
    let mut errors = Diagnostics::default();
    check_has_both_roles(signature, &mut errors);
    check_inputs_first(signature, &mut errors);
    check_names_differ(signature, &mut errors);
    check_prefixes_differ(signature, &mut errors);
    check_no_field_ends_a_reply(signature, &mut errors);
    check_not_within_itself(signature, &mut errors);
    errors.finish(())
}

// Without inputs there is nothing to show in an example; without outputs there is no reply.
fn check_has_both_roles(signature: &Signature, errors: &mut Diagnostics) {
    for (role, name) in [(Role::Input, "input"), (Role::Output, "output")] {
        if signature.of_role(role).next().is_none() {
            errors.at(
                signature.item.ident.span(),
                format!("a signature needs at least one `#[{name}]` field"),
            );
        }
    }
}

// The order of the fields is the order of the prompt, and a model cannot produce an answer before
// it has read the question.
fn check_inputs_first(signature: &Signature, errors: &mut Diagnostics) {
    let Some(output) = signature.of_role(Role::Output).next() else {
        return;
    };
    let after = signature
        .fields
        .iter()
        .skip_while(|field| field.role != Role::Output);
    for field in after.filter(|field| field.role == Role::Input) {
        errors.at(
            field.role_span,
            format!(
                "input `{}` comes after output `{}`; move it up",
                field.ident, output.ident
            ),
        );
    }
}

// Prompt, data and artifacts know fields by name only.
fn check_names_differ(signature: &Signature, errors: &mut Diagnostics) {
    let mut seen: BTreeMap<&str, &Field> = BTreeMap::new();
    for field in signature
        .fields
        .iter()
        .filter(|field| field.role != Role::Skip)
    {
        match seen.get(field.name.as_str()) {
            // `#[cfg]`s may exclude each other, and rustc itself reports equal Rust names.
            Some(first) if first.cfgs.is_empty() && first.ident != field.ident => errors.at(
                field.name_span,
                format!(
                    "`{}` is already the name of field `{}`; choose another",
                    field.name, first.ident
                ),
            ),
            Some(_) => {}
            None => {
                seen.insert(&field.name, field);
            }
        }
    }
}

// A prompt would not say which of the two is meant.
fn check_prefixes_differ(signature: &Signature, errors: &mut Diagnostics) {
    let mut seen: BTreeMap<String, &Field> = BTreeMap::new();
    for field in &signature.fields {
        let (Some(Words::Literal(prefix)), true) = (&field.prefix, field.cfgs.is_empty()) else {
            continue;
        };
        if field.role == Role::Skip {
            continue;
        }
        match seen.get(&prefix.value()) {
            // Equal names are reported already.
            Some(first) if first.name != field.name => errors.at(
                prefix.span(),
                format!(
                    "`{}` is already the prefix of field `{}`; write `prefix = \"…\"` with another",
                    prefix.value(),
                    first.ident
                ),
            ),
            Some(_) => {}
            None => {
                seen.insert(prefix.value(), field);
            }
        }
    }
}

// The reader compares names without case and punctuation.
fn check_no_field_ends_a_reply(signature: &Signature, errors: &mut Diagnostics) {
    for field in signature.of_role(Role::Output) {
        let letters = field.name.chars().filter(|c| c.is_alphanumeric());
        if letters.flat_map(char::to_lowercase).eq("completed".chars()) {
            let message = format!(
                "an output cannot be called `{}`, which ends a reply; choose another name",
                field.name
            );
            errors.at(field.name_span, message);
        }
    }
}

// The prompt spells each type out and would never end.
fn check_not_within_itself(signature: &Signature, errors: &mut Diagnostics) {
    let row = &signature.item.ident;
    let mut types = names(row).to_vec();
    types.push(row.clone());
    let shown = signature.fields.iter();
    for field in shown.filter(|field| field.role != Role::Skip) {
        let ty = field.ty.to_token_stream();
        if let Some(within) = types.iter().find(|name| mentions(&ty, name)) {
            let message = format!(
                "`{within}` contains this field, so its schema has no end; write a type of its own \
                 with `#[derive(FieldType)]`"
            );
            errors.under(&field.ty, message);
        }
    }
}
