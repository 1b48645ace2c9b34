//! A signature in words, as a file keeps it beside the fingerprint: a fingerprint tells that the
//! signature changed, the words tell how.

use std::fmt::Write;

use serde::{Deserialize, Serialize};

use crate::signature::{Field, Role, SignatureSpec, Ty};

/// Inputs and outputs as `name: type`, in the order of the signature.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StoredSignature {
    inputs: Vec<String>,
    outputs: Vec<String>,
}

/// One field in words.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Words<'a> {
    role: Role,
    name: &'a str,
    ty: &'a str,
}

impl StoredSignature {
    pub(super) fn of(spec: &SignatureSpec) -> Self {
        Self {
            inputs: spec.inputs().map(in_words).collect(),
            outputs: spec.outputs().map(in_words).collect(),
        }
    }

    /// What changed from this signature to another one, in sentences; empty where nothing did.
    pub(super) fn changes_to(&self, now: &Self) -> Vec<String> {
        let old: Vec<Words<'_>> = self.words().collect();
        let new: Vec<Words<'_>> = now.words().collect();
        let gone: Vec<Words<'_>> = lacking(&old, &new);
        let added: Vec<Words<'_>> = lacking(&new, &old);
        let mut changes = Vec::new();
        for field in &gone {
            changes.push(match renamed(*field, &gone, &added) {
                Some(new) => format!(
                    "the {} `{}` is gone; was it renamed to `{}`?",
                    field.role, field.name, new.name
                ),
                None => format!("the {} `{}` is gone", field.role, field.name),
            });
        }
        for field in &added {
            if !gone
                .iter()
                .any(|old| renamed(*old, &gone, &added) == Some(*field))
            {
                changes.push(format!("the {} `{}` is new", field.role, field.name));
            }
        }
        for field in &old {
            let same_name = new.iter().find(|new| new.name == field.name);
            changes.extend(same_name.and_then(|new| change(*field, *new)));
        }
        if changes.is_empty() && old != new {
            changes.push("the order of the fields changed".to_owned());
        }
        changes
    }

    fn words(&self) -> impl Iterator<Item = Words<'_>> {
        let inputs = self.inputs.iter().map(|text| Words::new(Role::Input, text));
        let outputs = self
            .outputs
            .iter()
            .map(|text| Words::new(Role::Output, text));
        inputs.chain(outputs)
    }
}

impl<'a> Words<'a> {
    fn new(role: Role, text: &'a str) -> Self {
        let (name, ty) = text.split_once(": ").unwrap_or((text, ""));
        Self { role, name, ty }
    }
}

/// The fields of `a` whose names `b` lacks.
fn lacking<'a>(a: &[Words<'a>], b: &[Words<'a>]) -> Vec<Words<'a>> {
    let there = |field: &&Words<'_>| b.iter().any(|other| other.name == field.name);
    a.iter().filter(|field| !there(field)).copied().collect()
}

/// What the field is called now, as far as it can be guessed: the one new field of its role and type,
/// where it is the only one gone of them.
fn renamed<'a>(field: Words<'a>, gone: &[Words<'a>], added: &[Words<'a>]) -> Option<Words<'a>> {
    let alike = |other: &&Words<'a>| other.role == field.role && other.ty == field.ty;
    let mut candidates = added.iter().filter(alike);
    let candidate = candidates.next()?;
    let only = candidates.next().is_none() && gone.iter().filter(alike).count() == 1;
    only.then_some(*candidate)
}

fn change(old: Words<'_>, new: Words<'_>) -> Option<String> {
    if old.role != new.role {
        Some(format!(
            "`{}` was an {}, is an {}",
            old.name, old.role, new.role
        ))
    } else if old.ty != new.ty {
        Some(format!("`{}` was {}, is {}", old.name, old.ty, new.ty))
    } else {
        None
    }
}

fn in_words(field: &Field) -> String {
    let mut words = format!("{}: ", field.name);
    write_ty(&mut words, &field.ty);
    words
}

/// Two types of the same words have the same fingerprint, and the other way round.
fn write_ty(words: &mut String, ty: &Ty) {
    match ty {
        Ty::Str => words.push_str("text"),
        Ty::Int { .. } => words.push_str("whole number"),
        Ty::Float => words.push_str("number"),
        Ty::Bool => words.push_str("true or false"),
        Ty::Json => words.push_str("any JSON"),
        Ty::Optional(inner) => write_inner(words, "optional ", inner),
        Ty::List(inner) => write_inner(words, "list of ", inner),
        Ty::Map(inner) => write_inner(words, "map of ", inner),
        Ty::Enum(ty) => {
            words.push_str("one of ");
            for (index, variant) in ty.variants.iter().enumerate() {
                words.push_str(if index > 0 { " | " } else { "" });
                write_name(words, &variant.name);
                if let Some(payload) = &variant.payload {
                    words.push('(');
                    write_ty(words, payload);
                    words.push(')');
                }
            }
        }
        Ty::Struct(ty) => {
            words.push('{');
            for (index, property) in ty.properties.iter().enumerate() {
                words.push_str(if index > 0 { ", " } else { " " });
                write_name(words, &property.name);
                words.push_str(": ");
                write_ty(words, &property.ty);
            }
            words.push_str(" }");
        }
    }
}

fn write_inner(words: &mut String, of: &str, inner: &Ty) {
    words.push_str(of);
    // `list of one of a | b` could be read in two ways.
    let enclosed = matches!(inner, Ty::Enum(_));
    words.push_str(if enclosed { "(" } else { "" });
    write_ty(words, inner);
    words.push_str(if enclosed { ")" } else { "" });
}

/// A name, in quotes where it could be taken for something else.
fn write_name(words: &mut String, name: &str) {
    let plain = |c: char| c.is_alphanumeric() || "_-".contains(c);
    if !name.is_empty() && name.chars().all(plain) {
        words.push_str(name);
    } else {
        // Writing to a `String` cannot fail.
        let _ = write!(words, "{name:?}");
    }
}
