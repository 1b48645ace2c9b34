//! From the named values of a row to the row's type.

use std::cell::{Cell as StdCell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::iter;
use std::marker::PhantomData;

use serde::Serialize;
use serde::de::value::MapDeserializer;
use serde::de::{DeserializeOwned, IntoDeserializer};
use serde_json::{Map, Value};

use super::cell::{Cell, as_json};
use super::content_id::ContentId;
use super::error::Problem;
use super::raw_row::RawRow;
use crate::signature::{Row, RowError, ValueError};

/// How rows become values of the type `E`.
pub(super) trait Decode<E> {
    /// What is wrong with the columns of a table, before any row is read.
    fn check_columns(&mut self, columns: &[String]) -> Vec<Problem>;

    /// Reads a row; all its problems at once, where the type can tell.
    fn decode(&mut self, row: RawRow) -> Result<E, Vec<Problem>>;

    /// Identity of a row.
    fn id(&self, row: &E) -> Result<ContentId, Problem>;
}

/// Columns without a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unknown {
    Refuse,
    Ignore,
}

/// Reads rows of a signature.
pub(super) struct RowDecoder<E> {
    unknown: Unknown,
    /// Fields that must be there.
    required: BTreeMap<String, ValueError>,
    /// What is known of the columns met so far.
    columns: BTreeMap<String, Column>,
    row: PhantomData<fn() -> E>,
}

/// What a row's type says of a column.
struct Column {
    /// Why the column cannot be, if it has no field.
    unknown: Option<ValueError>,
    /// Whether the field takes `null`.
    nullable: bool,
}

impl<E: Row> RowDecoder<E> {
    pub(super) fn new(unknown: Unknown) -> Self {
        let missing = problems(E::from_fields(Map::new()));
        let required = missing.into_iter().map(|error| (error.path(), error));
        Self {
            unknown,
            required: required.collect(),
            columns: BTreeMap::new(),
            row: PhantomData,
        }
    }

    /// Asks the type about a column. A [`Row`] does not list its fields, but it names every problem
    /// of a row, and a row of nothing but this column shows all there is to know: if it has no
    /// problem there, the field may be `null`; if it has one and the field is not required
    /// otherwise, there is no such field.
    fn column(&mut self, name: &str) -> &Column {
        let required = &self.required;
        self.columns.entry(name.to_owned()).or_insert_with(|| {
            let only = Map::from_iter([(name.to_owned(), Value::Null)]);
            let problem = problems(E::from_fields(only))
                .into_iter()
                .find(|problem| concerns(problem, name));
            Column {
                nullable: problem.is_none(),
                unknown: problem.filter(|_| !required.contains_key(name)),
            }
        })
    }

    fn is_ignored(&mut self, name: &str) -> bool {
        self.unknown == Unknown::Ignore && self.column(name).unknown.is_some()
    }

    fn decode_cells(&mut self, cells: &[(String, String)]) -> Result<E, RowError> {
        let mut fields = Map::new();
        for (name, text) in cells {
            if !self.is_ignored(name) {
                let is_null = text.is_empty() && self.column(name).nullable;
                let value = if is_null {
                    Value::Null
                } else {
                    Value::String(text.clone())
                };
                fields.insert(name.clone(), value);
            }
        }
        match E::from_fields(fields.clone()) {
            Ok(row) => Ok(row),
            Err(error) => match reread_as_json(&mut fields, &error) {
                0 => Err(error),
                _ => E::from_fields(fields),
            },
        }
    }
}

/// Reads the cells that failed as texts as JSON instead, and says how many could be.
fn reread_as_json(fields: &mut Map<String, Value>, error: &RowError) -> usize {
    let mut reread = 0;
    for (name, value) in fields.iter_mut() {
        let failed = error.problems.iter().any(|problem| concerns(problem, name));
        let json = value.as_str().filter(|_| failed).and_then(as_json);
        if let Some(json) = json {
            *value = json;
            reread += 1;
        }
    }
    reread
}

impl<E: Row> Decode<E> for RowDecoder<E> {
    fn check_columns(&mut self, columns: &[String]) -> Vec<Problem> {
        let present: BTreeSet<&String> = columns.iter().collect();
        let mut found: Vec<Problem> = self
            .required
            .iter()
            .filter(|(name, _)| !present.contains(name))
            .map(|(_, error)| error.clone().into())
            .collect();
        for name in columns {
            if !self.is_ignored(name) {
                found.extend(self.column(name).unknown.clone().map(Problem::from));
            }
        }
        found
    }

    fn decode(&mut self, row: RawRow) -> Result<E, Vec<Problem>> {
        let row = match row {
            RawRow::Cells(cells) => self.decode_cells(&cells),
            RawRow::Json(fields) => {
                let fields = fields.into_iter();
                E::from_fields(fields.filter(|(name, _)| !self.is_ignored(name)).collect())
            }
        };
        row.map_err(|error| error.problems.into_iter().map(Problem::from).collect())
    }

    fn id(&self, row: &E) -> Result<ContentId, Problem> {
        Ok(row_id(row))
    }
}

/// Identity of a row of a signature.
pub(super) fn row_id(row: &impl Row) -> ContentId {
    ContentId::of_value(&Value::Object(row.to_fields()))
}

fn problems<E>(row: Result<E, RowError>) -> Vec<ValueError> {
    row.err().map_or_else(Vec::new, |error| error.problems)
}

/// Whether a problem is in this field or inside of it.
fn concerns(problem: &ValueError, field: &str) -> bool {
    let path = problem.path();
    path.strip_prefix(field)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

/// Reads plain serde structs. Which columns they take is their own affair:
/// `#[serde(deny_unknown_fields)]` makes them strict.
pub(super) struct SerdeDecoder;

impl<E: Serialize + DeserializeOwned> Decode<E> for SerdeDecoder {
    fn check_columns(&mut self, _columns: &[String]) -> Vec<Problem> {
        Vec::new()
    }

    fn decode(&mut self, row: RawRow) -> Result<E, Vec<Problem>> {
        let row = match row {
            RawRow::Json(fields) => from_entries(fields),
            RawRow::Cells(cells) => {
                from_entries(cells.into_iter().map(|(name, text)| (name, Cell(text))))
            }
        };
        row.map_err(|problem| vec![problem])
    }

    fn id(&self, row: &E) -> Result<ContentId, Problem> {
        serde_id(row)
            .map_err(|error| Problem::of_row(format!("cannot be written as JSON: {error}")))
    }
}

/// Identity of a serde value.
pub(super) fn serde_id(row: &impl Serialize) -> Result<ContentId, serde_json::Error> {
    serde_json::to_value(row).map(|value| ContentId::of_value(&value))
}

/// Reads a struct from named values. serde does not say which field an error is in, but the field
/// is the one that was handed out last, unless all were: then the message names what is missing.
fn from_entries<'de, E, V>(entries: impl IntoIterator<Item = (String, V)>) -> Result<E, Problem>
where
    E: serde::Deserialize<'de>,
    V: IntoDeserializer<'de, serde_json::Error>,
{
    let last = RefCell::new(String::new());
    let all_read = StdCell::new(false);
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
