//! The fields of a signature, one on each line, with everything that the model is told about them.

use std::borrow::Cow;
use std::fmt::Write;

use super::type_words::{has_details, words};
use crate::adapter::spelling::same_name;
use crate::signature::{Constraint, EnumTy, Field, Property, SignatureSpec, Ty};
use crate::state::{FieldProse, PredictorState};

/// Adds the lists of inputs and outputs. The prose of the state replaces the prose of the signature.
pub(super) fn push_fields(out: &mut String, spec: &SignatureSpec, state: &PredictorState) {
    push_inputs(out, spec, state);
    out.push_str("Your output fields are:\n");
    push_list(out, spec.outputs(), state);
}

/// Adds the list of inputs only.
pub(crate) fn push_inputs(out: &mut String, spec: &SignatureSpec, state: &PredictorState) {
    out.push_str("Your input fields are:\n");
    push_list(out, spec.inputs(), state);
}

fn push_list<'a>(
    out: &mut String,
    fields: impl Iterator<Item = &'a Field>,
    state: &PredictorState,
) {
    for (index, field) in fields.enumerate() {
        let number = index + 1;
        let kind = kind(field);
        // Writing to a `String` cannot fail, here and below.
        let _ = write!(out, "{number}. `{}` ({kind})", field.name);
        push_prose(out, field, state.fields.get(&*field.name));
        out.push('\n');
        push_details(out, &field.ty, 1);
    }
}

/// The type and the checks, such as `number, from 0 to 1`.
fn kind(field: &Field) -> Cow<'static, str> {
    let ranged = field
        .checks
        .iter()
        .any(|check| matches!(check.constraint, Constraint::Range { .. }));
    let mut kind = match &field.ty {
        // The check states the bounds that matter.
        Ty::Int { .. } if ranged => Cow::Borrowed("whole number"),
        ty => words(ty),
    };
    for check in field.checks.iter() {
        let words = check.constraint.words(&field.ty);
        kind = format!("{kind}, {words}").into();
    }
    kind
}

/// Adds the label, if it says more than the name, and the description. (DSPy stores a label and lets
/// optimizers rewrite it, but never shows it.)
fn push_prose(out: &mut String, field: &Field, prose: Option<&FieldProse>) {
    let label = prose.and_then(|prose| prose.prefix.as_deref());
    let label = label.unwrap_or(&field.prefix).trim();
    let desc = prose.and_then(|prose| prose.desc.as_deref());
    let desc = desc.unwrap_or(&field.desc).trim();
    let label = if same_name(label, &field.name) {
        ""
    } else {
        label
    };
    let mut joint = ": ";
    for text in [label, desc] {
        if !text.is_empty() {
            out.push_str(joint);
            push_indented(out, text);
            joint = " ";
        }
    }
}

/// Adds a text whose lines after the first are indented, so that they belong visibly to their field.
fn push_indented(out: &mut String, text: &str) {
    for (index, line) in text.lines().enumerate() {
        if index > 0 {
            out.push_str("\n   ");
        }
        out.push_str(line);
    }
}

/// Adds the properties of structs and the meanings of variants, at any depth of the type.
fn push_details(out: &mut String, ty: &Ty, depth: usize) {
    match ty {
        Ty::Optional(inner) | Ty::List(inner) | Ty::Map(inner) => push_details(out, inner, depth),
        Ty::Struct(ty) => push_properties(out, &ty.properties, depth),
        Ty::Enum(ty) if has_details(ty) => push_variants(out, ty, depth),
        _ => {}
    }
}

/// Adds the list of a tool's arguments, in the same form as properties.
pub(crate) fn push_arguments(out: &mut String, arguments: &[Property]) {
    push_properties(out, arguments, 1);
}

fn push_properties(out: &mut String, properties: &[Property], depth: usize) {
    for property in properties {
        push_item(out, depth);
        let _ = write!(out, "`{}` ({})", property.name, words(&property.ty));
        push_doc(out, &property.doc);
        push_details(out, &property.ty, depth + 1);
    }
}

fn push_variants(out: &mut String, ty: &EnumTy, depth: usize) {
    for variant in ty.variants.iter() {
        push_item(out, depth);
        match &variant.payload {
            None => out.push_str(&variant.name),
            Some(payload) => {
                let name = serde_json::Value::from(&*variant.name);
                let _ = write!(out, "{{{name}: …}} with a value ({})", words(payload));
            }
        }
        push_doc(out, &variant.doc);
        if let Some(payload) = &variant.payload {
            push_details(out, payload, depth + 1);
        }
    }
}

fn push_item(out: &mut String, depth: usize) {
    for _ in 0..depth {
        out.push_str("   ");
    }
    out.push_str("- ");
}

fn push_doc(out: &mut String, doc: &str) {
    if !doc.trim().is_empty() {
        out.push_str(": ");
        push_indented(out, doc.trim());
    }
    out.push('\n');
}
