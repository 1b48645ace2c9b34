//! Rules that need more than one field. Rules about one field are checked where it is parsed.

use std::collections::BTreeMap;

use super::ast::Signature;
use super::field::Field;
use super::role::Role;
use crate::diagnostics::Diagnostics;

pub(super) fn check(signature: &Signature) -> syn::Result<()> {
    let mut errors = Diagnostics::default();
    check_has_both_roles(signature, &mut errors);
    check_inputs_first(signature, &mut errors);
    check_names_differ(signature, &mut errors);
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
