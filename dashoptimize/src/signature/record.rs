//! Conversion between typed values and rows of JSON values.

use serde_json::{Map, Value};

use super::field::Field;
use super::value_error::ValueError;
use crate::error_text::debug_is_message;

/// The input or the output of a signature: typed fields in the order of the
/// [`SignatureSpec`](super::SignatureSpec).
pub trait Record: Sized + Send + Sync + 'static {
    /// The values, in the order of the spec. Texts are moved, not copied.
    fn into_values(self) -> Vec<Value>;

    /// Reads the values, which are given in the order of the spec and already have the right shape.
    ///
    /// # Errors
    ///
    /// If a value does not have the type of its field. The error is about the first such value and names
    /// the field.
    fn from_values(values: Vec<Value>) -> Result<Self, ValueError>;
}

/// A labelled row of a data set. `#[signature]` implements it for its struct.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a row of a signature",
    label = "`#[signature]` makes rows",
    note = "for rows of your own, use `Dataset::from_examples`, or `Dataset::from_vec_serde` where they derive \
            `Serialize`"
)]
pub trait Row: Sized + Send + Sync + 'static {
    /// The fields that [`from_fields`](Self::from_fields) reads and [`to_fields`](Self::to_fields)
    /// writes, inputs before outputs. Files are read by them: they say which columns there are, and
    /// which type a cell is of.
    const FIELDS: &'static [Field];

    /// Reads a row from named values. Every input and output must be present, unless it is an
    /// `Option`, which may be absent or null, and no other values may be.
    ///
    /// # Errors
    ///
    /// If a field is missing, unknown or of another type. The error lists all such fields, not only the
    /// first one.
    fn from_fields(fields: Map<String, Value>) -> Result<Self, RowError>;

    /// The row as named values, inputs and outputs, in the order of the source.
    fn to_fields(&self) -> Map<String, Value>;
}

/// Everything that is wrong with a row.
#[derive(Clone, PartialEq, thiserror::Error)]
#[error("{}", join_problems(.problems))]
#[non_exhaustive]
pub struct RowError {
    /// The problems, in the order of the fields; unknown fields come last.
    pub problems: Vec<ValueError>,
}

debug_is_message!(RowError);

impl RowError {
    /// An error with these problems.
    #[must_use]
    pub const fn new(problems: Vec<ValueError>) -> Self {
        Self { problems }
    }
}

fn join_problems(problems: &[ValueError]) -> String {
    let words: Vec<String> = problems.iter().map(ToString::to_string).collect();
    words.join("; ")
}
