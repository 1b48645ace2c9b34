//! One trait bound for each field.
//!
//! An expansion requires `FieldType` in one place only, at the user's own type, and stores the
//! methods of the trait as function pointers. All other generated code uses these pointers, so that
//! a type without the trait causes one error instead of one in every impl.

use std::fmt;

use serde_json::Value;

use crate::signature::{FieldType, ReadValue, Ty, ValueError};

/// How values of a field are described, written, read, copied and shown.
pub struct FieldCodec<T> {
    /// [`FieldType::TYPE`].
    pub ty: &'static Ty,
    /// [`FieldType::EXACT`].
    pub exact: bool,
    /// Reads a value and drops it, if the type may refuse one.
    pub reads: Option<ReadValue>,
    /// [`FieldType::into_json`].
    pub into_json: fn(T) -> Value,
    /// [`FieldType::to_json`].
    pub to_json: fn(&T) -> Value,
    /// [`FieldType::from_json`].
    pub from_json: fn(Value) -> Result<T, ValueError>,
    /// [`Clone::clone`].
    pub clone: fn(&T) -> T,
    /// The value as what can be formatted with `{:?}`. rustc takes longer to make it of a reference in each
    /// expansion.
    pub show: for<'a> fn(&'a T) -> &'a dyn fmt::Debug,
    /// The same for a value that may not be there yet.
    pub show_option: for<'a> fn(&'a Option<T>) -> &'a dyn fmt::Debug,
}

/// The codec of a field of a signature.
#[must_use]
pub const fn signature_field<T: FieldType>() -> FieldCodec<T> {
    FieldCodec {
        ty: const { &T::TYPE },
        exact: T::EXACT,
        reads: match T::EXACT {
            true => None,
            false => Some(|value| T::from_json(value.clone()).map(drop)),
        },
        into_json: T::into_json,
        to_json: T::to_json,
        from_json: T::from_json,
        clone: T::clone,
        show: shown,
        show_option: shown,
    }
}

/// The codec of a property or payload of a type that derives `FieldType`.
#[must_use]
pub const fn field_type<T: FieldType>() -> FieldCodec<T> {
    signature_field::<T>()
}

/// The function that fills a `#[skip]` field.
#[must_use]
pub const fn skipped_field<T: SkippedField>() -> fn() -> T {
    T::default
}

/// `Default`, with an error message for a field whose type lacks it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the type of a `#[skip]` field",
    label = "nothing fills this field when a row is read",
    note = "implement `Default` for `{Self}`, or make the field an `Option`"
)]
pub trait SkippedField: Default {}

#[diagnostic::do_not_recommend]
impl<T: Default> SkippedField for T {}

impl<T> FieldCodec<T> {
    /// A copy of a value that may not be there yet.
    pub fn clone_option(&self, value: &Option<T>) -> Option<T> {
        value.as_ref().map(self.clone)
    }
}

fn shown<T: fmt::Debug>(value: &T) -> &dyn fmt::Debug {
    value
}

/// Shows a struct, as a derived `Debug` does. It is compiled here, and not with each struct.
///
/// # Errors
///
/// If the formatter cannot write.
pub fn show_struct(
    name: &str,
    fields: &[(&str, &dyn fmt::Debug)],
    f: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    let mut shown = f.debug_struct(name);
    for (name, value) in fields {
        shown.field(name, value);
    }
    shown.finish()
}

impl<T> fmt::Debug for FieldCodec<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FieldCodec")
            .field("ty", self.ty)
            .finish_non_exhaustive()
    }
}
