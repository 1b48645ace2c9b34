//! One bound for each field.
//!
//! Expansions ask for `FieldType` in one place only, under the user's own type, and keep what the
//! bound gives as function pointers. All other generated code works on those, so a type that lacks
//! the trait makes one error and not one in every impl.

use std::fmt;
use std::marker::PhantomData;

use serde_json::Value;

use crate::signature::{FieldType, Ty, ValueError};

/// The shape of `T` as a reference that lives as long as the program.
#[derive(Debug)]
pub struct Static<T>(PhantomData<T>);

impl<T: FieldType> Static<T> {
    /// The shape.
    pub const TYPE: &'static Ty = &T::TYPE;
}

/// How values of a field are described, written, read, copied and shown.
pub struct FieldCodec<T> {
    /// [`FieldType::TYPE`].
    pub ty: &'static Ty,
    /// [`FieldType::into_json`].
    pub into_json: fn(T) -> Value,
    /// [`FieldType::to_json`].
    pub to_json: fn(&T) -> Value,
    /// [`FieldType::from_json`].
    pub from_json: fn(Value) -> Result<T, ValueError>,
    /// [`Clone::clone`].
    pub clone: fn(&T) -> T,
    show: fn(&T, &mut fmt::Formatter<'_>) -> fmt::Result,
}

/// The codec of a field of a signature.
#[must_use]
pub const fn signature_field<T: FieldType>() -> FieldCodec<T> {
    FieldCodec {
        ty: Static::<T>::TYPE,
        into_json: T::into_json,
        to_json: T::to_json,
        from_json: T::from_json,
        clone: T::clone,
        show: T::fmt,
    }
}

/// The codec of a property or payload of a type that derives `FieldType`.
#[must_use]
pub const fn field_type<T: FieldType>() -> FieldCodec<T> {
    signature_field::<T>()
}

/// What a `#[skip]` field is filled with.
#[must_use]
pub const fn skipped_field<T: SkippedField>() -> fn() -> T {
    T::default
}

/// `Default`, with words for a field that lacks it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the type of a `#[skip]` field",
    label = "nothing fills this field when a row is read",
    note = "implement `Default` for `{Self}`, or make the field an `Option`"
)]
pub trait SkippedField: Default {}

#[diagnostic::do_not_recommend]
impl<T: Default> SkippedField for T {}

impl<T> FieldCodec<T> {
    /// The value, so that it can be shown with `{:?}`.
    pub const fn show<'a>(&self, value: &'a T) -> impl fmt::Debug + use<'a, T> {
        Shown {
            value,
            show: self.show,
        }
    }
}

struct Shown<'a, T> {
    value: &'a T,
    show: fn(&T, &mut fmt::Formatter<'_>) -> fmt::Result,
}

impl<T> fmt::Debug for Shown<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (self.show)(self.value, f)
    }
}

impl<T> fmt::Debug for FieldCodec<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FieldCodec")
            .field("ty", self.ty)
            .finish_non_exhaustive()
    }
}
