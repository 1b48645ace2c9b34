//! A row as it stands in a file, before it is read as the row's type.

use std::io;

use serde_json::{Map, Value};

use super::error::Problem;

/// The named values of a row.
#[derive(Debug)]
pub(super) enum RawRow {
    /// The entries of a JSON object.
    Json(Map<String, Value>),
    /// The cells of a table, with the names of their columns.
    Cells(Vec<(String, String)>),
}

impl RawRow {
    /// The problem of a row of a table in which no cell holds anything.
    pub(super) fn check_filled(&self) -> Result<(), Vec<Problem>> {
        match self {
            Self::Cells(cells)
                if cells.len() > 1 && cells.iter().all(|(_, cell)| cell.trim().is_empty()) =>
            {
                let problem = "all cells of the row are empty; remove the line";
                Err(vec![Problem::of_row(problem)])
            }
            _ => Ok(()),
        }
    }

    /// Removes a column and returns its value. Of several columns without a name all are removed.
    pub(super) fn remove(&mut self, name: &str) -> Option<Value> {
        match self {
            Self::Json(fields) => fields.remove(name),
            Self::Cells(cells) => {
                let mut removed = cells.extract_if(.., |(column, _)| column == name);
                let first = removed.next();
                removed.for_each(drop);
                first.map(|(_, cell)| Value::String(cell))
            }
        }
    }
}

/// A row, or what is wrong with it, with the line that it stands in.
#[derive(Debug)]
pub(super) struct NumberedRow {
    pub(super) line: usize,
    pub(super) row: Result<RawRow, Problem>,
}

/// An iterator over the rows of a file. It goes on after a row that is wrong.
pub(super) trait RowSource: Iterator<Item = io::Result<NumberedRow>> {
    /// The columns, if the file names them once for all rows.
    fn columns(&self) -> Option<&[String]>;
}
