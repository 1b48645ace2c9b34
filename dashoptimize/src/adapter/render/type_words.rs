//! Types in words, as the list of fields states them.

use std::borrow::Cow;

use crate::signature::{EnumTy, Ty};

/// What a value of this type is called, such as `whole number` or `JSON list of texts`.
pub(super) fn words(ty: &Ty) -> Cow<'static, str> {
    match ty {
        Ty::Str => "text".into(),
        Ty::Int { min, max } => int_words(*min, *max),
        Ty::Float => "number".into(),
        Ty::Bool => "true or false".into(),
        Ty::Optional(inner) => format!("{}, or null if there is none", words(inner)).into(),
        Ty::List(item) => format!("JSON list of {}", plural(item)).into(),
        Ty::Map(inner) => format!("JSON object with {} as values", plural(inner)).into(),
        Ty::Enum(ty) => variants(ty).into(),
        Ty::Struct(_) => "JSON object of these properties".into(),
        Ty::Json => "JSON".into(),
    }
}

fn plural(ty: &Ty) -> Cow<'static, str> {
    match ty {
        Ty::Str => "texts".into(),
        Ty::Int { min, max } => int_words(*min, *max)
            .replacen("number", "numbers", 1)
            .into(),
        Ty::Float => "numbers".into(),
        Ty::Bool => "true or false".into(),
        Ty::Optional(inner) => format!("{} or null", plural(inner)).into(),
        Ty::List(item) => format!("lists of {}", plural(item)).into(),
        Ty::Map(inner) => format!("objects with {} as values", plural(inner)).into(),
        Ty::Enum(ty) => format!("texts, each {}", variants(ty)).into(),
        Ty::Struct(_) => "objects of these properties".into(),
        Ty::Json => "JSON values".into(),
    }
}

/// Bounds are stated only if they are narrower than what a model would write anyway.
fn int_words(min: i128, max: i128) -> Cow<'static, str> {
    const WIDE: i128 = i32::MAX as i128;
    match (min <= -WIDE, max >= WIDE) {
        (true, true) => "whole number".into(),
        (true, false) => format!("whole number, {max} or less").into(),
        (false, true) => format!("whole number, {min} or more").into(),
        (false, false) => format!("whole number from {min} to {max}").into(),
    }
}

/// The names, or a reference to the lines below if the variants need further explanation.
fn variants(ty: &EnumTy) -> String {
    if has_details(ty) {
        return "one of these".to_owned();
    }
    let names: Vec<Cow<'_, str>> = ty
        .variants
        .iter()
        .map(|variant| name(&variant.name))
        .collect();
    format!("one of: {}", names.join(", "))
}

/// Whether a variant has a description or a payload.
pub(super) fn has_details(ty: &EnumTy) -> bool {
    let mut variants = ty.variants.iter();
    variants.any(|variant| !variant.doc.is_empty() || variant.payload.is_some())
}

/// A name as it is, or in quotes if it could be mistaken for several names.
fn name(name: &str) -> Cow<'_, str> {
    let simple = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | ' ' | '.' | '/' | '&');
    if !name.is_empty() && name.trim() == name && name.chars().all(simple) {
        Cow::Borrowed(name)
    } else {
        Cow::Owned(serde_json::Value::from(name).to_string())
    }
}
