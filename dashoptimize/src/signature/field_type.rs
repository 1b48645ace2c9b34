//! Types that a field can have, and how their values are converted to and from JSON.

use std::fmt;

use serde_json::Value;

use super::ty::Ty;
use super::value_error::ValueError;

/// A type that a field of a `#[signature]` struct can have.
///
/// It is implemented for text, numbers, `bool`, `Option`, `Vec`, `Box` and maps with text keys, and
/// can be derived for enums and structs with `#[derive(FieldType)]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a signature field",
    label = "the model cannot be told how to write this type",
    note = "derive `dashoptimize::FieldType` for `{Self}`, or mark the field `#[skip]`"
)]
pub trait FieldType: Clone + fmt::Debug + Send + Sync + 'static {
    /// The shape of the type.
    const TYPE: Ty;

    /// Whether [`from_json`](Self::from_json) reads every value of the shape [`TYPE`](Self::TYPE). Where it
    /// may refuse one, as by default, the values in a reply are read while the model can still correct
    /// them: a refusal is treated as a broken `assert`.
    const EXACT: bool = false;

    /// The value as JSON of the shape [`TYPE`](Self::TYPE).
    fn into_json(self) -> Value;

    /// A copy of the value as JSON.
    fn to_json(&self) -> Value {
        self.clone().into_json()
    }

    /// Reads a value of the shape [`TYPE`](Self::TYPE). The conversion is exact: what a model writes
    /// loosely has been corrected before by the adapter's reader.
    ///
    /// # Errors
    ///
    /// If the value has another shape. The error states the path to the place.
    fn from_json(value: Value) -> Result<Self, ValueError>;
}
