//! Rules for fields, and checks that a rule can apply to the type of its field.

use serde_json::Value;

use crate::signature::{Check, Constraint, OnFail, SignatureSpec, Ty, items, same, text};

/// A number from `min` to `max`.
#[must_use]
pub const fn range(min: f64, max: f64, on_fail: OnFail) -> Check {
    Check::new(Constraint::Range { min, max }, on_fail)
}

/// A text or list with `min` to `max` characters or items.
#[must_use]
pub const fn length(min: usize, max: usize, on_fail: OnFail) -> Check {
    Check::new(Constraint::Length { min, max }, on_fail)
}

/// A test written by the user.
#[must_use]
pub const fn custom(words: &'static str, test: fn(&Value) -> bool, on_fail: OnFail) -> Check {
    Check::new(Constraint::Custom { words, test }, on_fail)
}

/// Rejects a range for a type that is not a number, and one that no value is in.
///
/// # Panics
///
/// At compile time, in a const.
#[track_caller]
pub const fn takes_range(ty: &Ty, min: f64, max: f64) {
    assert!(
        min <= max,
        "this range is empty; the smaller end comes first"
    );
    match inner(ty) {
        Ty::Int {
            min: least,
            max: most,
        } => assert!(
            is_end(min, *least, *most) && is_end(max, *least, *most),
            "the ends of this range must be values of the field's type, which is a whole number"
        ),
        Ty::Float | Ty::Json => {}
        Ty::Str | Ty::List(_) | Ty::Map(_) => {
            panic!("a range is for numbers; write `len(…)` for the length of a text or list")
        }
        _ => panic!("a range is for numbers; this field is not a number"),
    }
}

/// Rejects a length for a type that has no length.
///
/// # Panics
///
/// At compile time, in a const.
#[track_caller]
pub const fn takes_length(ty: &Ty) {
    match inner(ty) {
        Ty::Str | Ty::List(_) | Ty::Map(_) | Ty::Json => {}
        Ty::Int { .. } | Ty::Float => {
            panic!(
                "`len` is for texts, lists and maps; write a range such as `0..=10` for a number"
            )
        }
        _ => panic!("`len` is for texts, lists and maps; this field has no length"),
    }
}

/// Rejects a signature that has a field with this name.
///
/// # Panics
///
/// At compile time, in a const, with this message.
#[track_caller]
pub(super) const fn lacks_field(spec: &SignatureSpec, name: &str, message: &'static str) {
    let fields = items(&spec.fields);
    let mut i = 0;
    while i < fields.len() {
        assert!(!same(text(&fields[i].name), name), "{}", message);
        i += 1;
    }
}

/// Whether a whole number from `least` to `most` can be this, or the end is open.
#[expect(
    clippy::cast_precision_loss,
    reason = "the bounds of types need not be exact"
)]
const fn is_end(end: f64, least: i128, most: i128) -> bool {
    end.is_infinite() || (end as i128 as f64 == end && end >= least as f64 && end <= most as f64)
}

const fn inner(ty: &Ty) -> &Ty {
    match ty {
        Ty::Optional(ty) => inner(ty.get()),
        ty => ty,
    }
}
