//! Typed values as rows of JSON values, and back.

use serde_json::{Map, Value};

use super::field::Field;
use super::field_type::ValueError;

/// The input or the output of a signature: typed fields in the order of the
/// [`SignatureSpec`](super::SignatureSpec).
pub trait Record: Sized + Send + Sync + 'static {
    /// The values, in the order of the spec. Texts are moved, not copied.
    fn into_values(self) -> Vec<Value>;

    /// Reads the values, given in the order of the spec and already of the right shape.
    ///
    /// # Errors
    ///
    /// The first value that is not of its field's type, under the field's name.
    fn from_values(values: Vec<Value>) -> Result<Self, ValueError>;
}

/// A labelled row of a data set. `#[signature]` implements it for its struct.
pub trait Row: Sized + Send + Sync + 'static {
    /// The fields that [`from_fields`](Self::from_fields) reads and [`to_fields`](Self::to_fields)
    /// writes, inputs before outputs. Files are read by them: they say which columns there are, and
    /// which type a cell is of.
    const FIELDS: &'static [Field];

    /// Reads a row from named values. Every input and output must be there (an `Option` may be
    /// absent or null), and nothing else.
    ///
    /// # Errors
    ///
    /// Every field that is missing, unknown or of another type: all of them, not only the first.
    fn from_fields(fields: Map<String, Value>) -> Result<Self, RowError>;

    /// The row as named values, inputs and outputs, in the order of the source.
    fn to_fields(&self) -> Map<String, Value>;
}

/// What is wrong with a row: one problem or more.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{}", join_problems(.problems))]
pub struct RowError {
    /// The problems, in the order of the fields; unknown columns come last.
    pub problems: Vec<ValueError>,
}

fn join_problems(problems: &[ValueError]) -> String {
    let words: Vec<String> = problems.iter().map(ToString::to_string).collect();
    words.join("; ")
}
