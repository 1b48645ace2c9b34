//! Reading values by their order, and rows by name.

use serde_json::{Map, Value};

use super::codec::FieldCodec;
use crate::signature::{Field, RowError, Signature, Ty, ValueError};

/// Values in the order of a spec. The first problem is kept until all are read, because rustc takes longer to
/// compile a `?` for each.
#[derive(Debug)]
pub struct ValueReader {
    values: std::vec::IntoIter<Value>,
    problem: Option<ValueError>,
}

impl ValueReader {
    /// Reads these values.
    #[must_use]
    pub fn new(values: Vec<Value>) -> Self {
        Self {
            values: values.into_iter(),
            problem: None,
        }
    }

    /// The next value, for the field with this name. `None` if it is missing or has another type.
    pub fn next<T>(&mut self, name: &str, codec: &FieldCodec<T>) -> Option<T> {
        let read = match self.values.next() {
            Some(value) => (codec.from_json)(value),
            None => Err(ValueError::new("is missing")),
        };
        read.map_err(|error| self.problem.get_or_insert_with(|| error.in_field(name)))
            .ok()
    }

    /// Ends the values.
    ///
    /// # Errors
    ///
    /// The first problem.
    pub fn finish(self) -> Result<ReadRow, ValueError> {
        match self.problem {
            Some(problem) => Err(problem),
            None => Ok(ReadRow(())),
        }
    }
}

/// The values of fields that data may leave out, by name.
pub type Defaults = &'static [(&'static str, fn() -> Value)];

/// Adds the values of fields that were left out.
pub(super) fn fill(fields: &mut Map<String, Value>, defaults: Defaults) {
    for (name, make) in defaults {
        if !fields.contains_key(*name) {
            fields.insert((*name).to_owned(), make());
        }
    }
}

/// The named values of a row. Problems are collected, so that all of them are reported.
#[derive(Debug)]
pub struct RowReader {
    fields: Map<String, Value>,
    problems: Vec<ValueError>,
}

/// Proof that every field was read.
#[derive(Debug)]
pub struct ReadRow(pub(super) ());

impl RowReader {
    /// Reads these fields.
    #[must_use]
    pub fn new(mut fields: Map<String, Value>, defaults: Defaults) -> Self {
        fill(&mut fields, defaults);
        Self {
            fields,
            problems: Vec::new(),
        }
    }

    /// Takes the field with this name. `None` if it is missing or has another type.
    pub fn take<T>(&mut self, name: &str, codec: &FieldCodec<T>) -> Option<T> {
        let value = match (self.fields.remove(name), codec.ty) {
            (Some(value), _) => value,
            (None, Ty::Optional(_)) => Value::Null,
            (None, _) => {
                self.problems
                    .push(ValueError::new("is missing").in_field(name));
                return None;
            }
        };
        (codec.from_json)(value)
            .map_err(|error| self.problems.push(error.in_field(name)))
            .ok()
    }

    /// Ends the row.
    ///
    /// # Errors
    ///
    /// If there were problems, or a field was not taken. The error lists all of them.
    pub fn finish(mut self) -> Result<ReadRow, RowError> {
        let unknown = self.fields.into_iter().map(|(name, _)| name);
        self.problems
            .extend(unknown.map(|name| ValueError::new("is not a field").in_field(name)));
        if self.problems.is_empty() {
            Ok(ReadRow(()))
        } else {
            Err(RowError::new(self.problems))
        }
    }
}

impl ReadRow {
    /// The value of a field that was read.
    ///
    /// # Panics
    ///
    /// Never: a field without a value is a problem, and a row with problems makes no `ReadRow`.
    pub fn value<T>(&self, value: Option<T>) -> T {
        value.expect("bug in dashoptimize: a row without problems has all its fields")
    }
}

/// A value of a labelled row that an input of a program is made of.
#[diagnostic::on_unimplemented(
    message = "this input is a `{T}`, and the rows have a `{Self}` of this name",
    label = "`{Self}` in the rows",
    note = "give the input the type that it has in `rows = …`"
)]
pub trait RowInput<T> {
    /// A copy of it.
    fn copied(&self) -> T;
}

impl<T: Clone> RowInput<T> for T {
    fn copied(&self) -> T {
        self.clone()
    }
}

/// The input that a value of a row makes.
pub fn input<T, V: RowInput<T>>(value: &V) -> T {
    value.copied()
}

/// What the expansion needs of a signature whose rows a pipeline is optimized on.
#[derive(Debug)]
pub struct Labeled<S> {
    /// The fields of a row, with their roles.
    pub roles: &'static [Field],
    /// All values of a row.
    pub fields: fn(&S) -> super::Fields,
}

/// The labelled rows of this signature.
#[must_use]
pub const fn labeled<S: Signature>() -> Labeled<S> {
    Labeled {
        roles: S::FIELDS,
        fields: S::to_fields,
    }
}
