//! A row as the file has it, before its types are known.

use std::io;

use serde_json::{Map, Value};

use super::error::Problem;

/// The named values of a row.
#[derive(Debug)]
pub(super) enum RawRow {
    /// Of a JSON object.
    Json(Map<String, Value>),
    /// Texts under the columns of a table.
    Cells(Vec<(String, String)>),
}

impl RawRow {
    /// Takes a column out.
    pub(super) fn remove(&mut self, name: &str) -> Option<Value> {
        match self {
            Self::Json(fields) => fields.remove(name),
            Self::Cells(cells) => {
                let index = cells.iter().position(|(column, _)| column == name)?;
                Some(Value::String(cells.remove(index).1))
            }
        }
    }
}

/// A row with the line that it stands in, or what is wrong with it.
#[derive(Debug)]
pub(super) struct Numbered {
    pub(super) line: usize,
    pub(super) row: Result<RawRow, Problem>,
}

/// What reads rows from a file, one at a time. Problems of a row do not end it.
pub(super) trait Source: Iterator<Item = io::Result<Numbered>> {
    /// The columns, where the file names them once for all rows.
    fn columns(&self) -> Option<&[String]>;
}
