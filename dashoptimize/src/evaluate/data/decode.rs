//! Turns the named values of a row into a value of the row's type.

use std::cell::{Cell, RefCell};
use std::iter;
use std::marker::PhantomData;

use serde::Serialize;
use serde::de::value::MapDeserializer;
use serde::de::{DeserializeOwned, IntoDeserializer};
use serde_json::Value;

use super::cell::{TableCell, as_json};
use super::content_id::ContentId;
use super::error::Problem;
use super::input_id::InputId;
use super::raw_row::RawRow;
use super::whole_floats;
use crate::signature::{Field, Row, Ty};

/// How rows become values of the type `E`.
pub(super) trait Decode<E> {
    /// What is wrong with the columns of a table, before any row is read.
    fn check_columns(&self, columns: &[String]) -> Vec<Problem>;

    /// Reads a row, or reports all of its problems, as far as the type can tell them.
    fn decode(&self, row: RawRow) -> Result<E, Vec<Problem>>;

    /// The identity of a row, and that of its inputs.
    fn ids(&self, row: &E) -> Result<(ContentId, InputId), Problem>;
}

/// What happens to columns that the row's type has no field for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum UnknownColumns {
    Refuse,
    Ignore,
}

/// Reads rows of a signature, by [`Row::FIELDS`].
pub(super) struct RowDecoder<E> {
    unknown: UnknownColumns,
    row: PhantomData<fn() -> E>,
}

impl<E: Row> RowDecoder<E> {
    pub(super) const fn new(unknown: UnknownColumns) -> Self {
        Self {
            unknown,
            row: PhantomData,
        }
    }

    fn field(name: &str) -> Option<&'static Field> {
        E::FIELDS.iter().find(|field| field.name == name)
    }

    fn is_ignored(&self, name: &str) -> bool {
        self.unknown == UnknownColumns::Ignore && Self::field(name).is_none()
    }

    fn value(name: &str, cell: String) -> Value {
        match Self::field(name) {
            Some(field) => cell_of_type(&field.ty, cell),
            // The row's type reports it.
            None => Value::String(cell),
        }
    }
}

impl<E: Row> Decode<E> for RowDecoder<E> {
    fn check_columns(&self, columns: &[String]) -> Vec<Problem> {
        let is_missing = |field: &&Field| {
            !matches!(field.ty, Ty::Optional(_)) && !columns.iter().any(|name| field.name == *name)
        };
        let is_unknown =
            |name: &&String| self.unknown == UnknownColumns::Refuse && Self::field(name).is_none();
        let missing = E::FIELDS.iter().filter(is_missing);
        let unknown = columns.iter().filter(is_unknown);
        missing
            .map(|field| Problem::of_field(field.name.as_ref(), "is missing"))
            .chain(
                unknown
                    .filter(|name| !name.is_empty())
                    .map(|name| Problem::of_field(name, "is not a field")),
            )
            .collect()
    }

    fn decode(&self, row: RawRow) -> Result<E, Vec<Problem>> {
        let takes_nothing = |field: &Field| field.ty.check(&Value::Null).is_ok();
        if !E::FIELDS.iter().all(takes_nothing) {
            row.check_filled()?;
        }
        let fields = match row {
            RawRow::Json(fields) => fields,
            RawRow::Cells(cells) => cells
                .into_iter()
                .map(|(name, cell)| {
                    let value = Self::value(&name, cell);
                    (name, value)
                })
                .collect(),
        };
        let fields = fields.into_iter().map(|(name, mut value)| {
            if let Some(field) = Self::field(&name) {
                whole_floats::by_type(&field.ty, &mut value);
            }
            (name, value)
        });
        E::from_fields(fields.filter(|(name, _)| !self.is_ignored(name)).collect())
            .map_err(|error| error.problems.into_iter().map(Problem::from).collect())
    }

    fn ids(&self, row: &E) -> Result<(ContentId, InputId), Problem> {
        Ok((ContentId::of_row(row), InputId::of_row(row)))
    }
}

/// An empty cell is `null` where the type takes `null`. Any other cell is text where the type takes
/// this text, and JSON where it does not.
fn cell_of_type(ty: &Ty, cell: String) -> Value {
    if cell.is_empty() && ty.check(&Value::Null).is_ok() {
        return Value::Null;
    }
    let text = Value::String(cell);
    if ty.check(&text).is_ok() {
        return text;
    }
    let json = text.as_str().and_then(as_json);
    json.unwrap_or(text)
}

/// Reads plain serde structs. Which columns a struct takes is decided by its own `Deserialize`, and
/// serde does not tell it before a row is read.
pub(super) struct SerdeDecoder;

impl<E: Serialize + DeserializeOwned> Decode<E> for SerdeDecoder {
    fn check_columns(&self, _columns: &[String]) -> Vec<Problem> {
        Vec::new()
    }

    fn decode(&self, row: RawRow) -> Result<E, Vec<Problem>> {
        row.check_filled()?;
        let row = match row {
            RawRow::Json(fields) => {
                // Which fields take whole numbers is known to the type alone.
                let mut whole = Value::Object(fields.clone());
                let other = match (whole_floats::everywhere(&mut whole), whole) {
                    (true, Value::Object(whole)) => Some(whole),
                    _ => None,
                };
                from_entries(fields).or_else(|problem| match other {
                    Some(whole) => from_entries(whole).map_err(|_| problem),
                    None => Err(problem),
                })
            }
            RawRow::Cells(cells) => from_cells(cells),
        };
        row.map_err(|problem| vec![problem])
    }

    fn ids(&self, row: &E) -> Result<(ContentId, InputId), Problem> {
        let ids = ContentId::of_serde(row).and_then(|id| Ok((id, InputId::of_serde(row, None)?)));
        ids.map_err(|error| Problem::of_row(format!("cannot be written as JSON: {error}")))
    }
}

/// Reads a struct from cells. An empty cell that its field does not take is as good as absent, so that
/// `#[serde(default)]` applies.
fn from_cells<E: DeserializeOwned>(mut cells: Vec<(String, String)>) -> Result<E, Problem> {
    let entries = |cells: &[(String, String)]| {
        let cells = cells.to_vec().into_iter();
        from_entries(cells.map(|(name, text)| (name, TableCell(text))))
    };
    let mut first = None;
    loop {
        let problem = match entries(&cells) {
            Ok(row) => return Ok(row),
            Err(problem) => problem,
        };
        let is_empty = |(name, cell): &(String, String)| {
            cell.is_empty() && problem.field.as_ref() == Some(name)
        };
        let Some(empty) = cells.iter().position(is_empty) else {
            return Err(first.unwrap_or(problem));
        };
        cells.remove(empty);
        first.get_or_insert(problem);
    }
}

/// Reads a struct from named values. serde does not say which field an error is in, but it is the
/// field that was handed out last, unless all were: then the message names what is missing.
fn from_entries<'de, E, V>(entries: impl IntoIterator<Item = (String, V)>) -> Result<E, Problem>
where
    E: serde::Deserialize<'de>,
    V: IntoDeserializer<'de, serde_json::Error>,
{
    let last = RefCell::new(String::new());
    let all_read = Cell::new(false);
    let entries = entries
        .into_iter()
        .inspect(|(name, _)| last.borrow_mut().clone_from(name))
        .chain(iter::from_fn(|| {
            all_read.set(true);
            None
        }));
    E::deserialize(MapDeserializer::new(entries)).map_err(|error| {
        if all_read.get() {
            Problem::of_row(error.to_string())
        } else {
            Problem::of_field(last.take(), format!("is wrong: {error}"))
        }
    })
}
