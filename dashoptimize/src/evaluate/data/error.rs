//! Errors of data sets.

use std::fmt;
use std::io;

use crate::error_text::{debug_is_message, with_causes};
use crate::signature::ValueError;

/// Problems beyond this number are counted, but not listed.
const MOST_LISTED: usize = 20;

/// An error in loading, making or splitting a data set. No part of the data is loaded then.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum DataError {
    /// The file cannot be read.
    #[error("{file} cannot be read: {}", with_causes(cause))]
    #[non_exhaustive]
    Io {
        /// The file.
        file: String,
        /// The error of the operating system.
        cause: io::Error,
    },
    /// The file has no rows.
    #[error("{file} has no rows")]
    #[non_exhaustive]
    Empty {
        /// The file.
        file: String,
    },
    /// No row of the file has the value that was asked for.
    #[error("{file} has no rows whose `{column}` is `{value}`")]
    #[non_exhaustive]
    NoneChosen {
        /// The file.
        file: String,
        /// The column.
        column: String,
        /// The value that was asked for.
        value: String,
    },
    /// Rows are wrong. Up to 20 problems are listed.
    #[error("{}", list(&format!("{file} is not loaded, {}", count(*total)), problems, *total))]
    #[non_exhaustive]
    Rows {
        /// The file.
        file: String,
        /// The problems, in the order of the lines.
        problems: Vec<RowProblem>,
        /// The number of problems, including those that are not listed.
        total: usize,
    },
    /// Two parts have rows with the same inputs, so a program would be judged by rows that it was tuned on.
    #[error("{}", list(
        "the parts overlap; each row may be in one part only. Remove the rows, or accept them with `allow_overlap`",
        overlaps,
        *total
    ))]
    #[non_exhaustive]
    Overlap {
        /// The rows, such as `val (data.jsonl:9) is equal to train (data.jsonl:2)`.
        overlaps: Vec<String>,
        /// The number of overlaps, including those that are not listed.
        total: usize,
    },
    /// A part has no rows.
    #[error("the {part} part is empty; {hint}")]
    #[non_exhaustive]
    EmptyPart {
        /// `train`, `val` or `hold-out`.
        part: &'static str,
        /// What to do about it.
        hint: String,
    },
    /// serde cannot write a row as JSON.
    #[error("row {row} (from 0) cannot be written as JSON: {message}")]
    #[non_exhaustive]
    NotJson {
        /// The index of the row, from 0.
        row: usize,
        /// serde's message.
        message: String,
    },
}

debug_is_message!(DataError);

/// One problem of one row.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RowProblem {
    /// The file.
    pub file: String,
    /// The line, counted from 1; for a CSV row of several lines, the first of them.
    pub line: usize,
    /// The path of the field, such as `address.lines[2]`; `None` if the whole row is wrong.
    pub field: Option<String>,
    /// What is wrong, such as ``must be a number, not "high"``.
    pub problem: String,
}

impl fmt::Display for RowProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: ", self.file, self.line)?;
        if let Some(field) = &self.field {
            write!(f, "`{field}` ")?;
        }
        f.write_str(&self.problem)
    }
}

/// What is wrong in a row, without file and line, which are known where it is reported.
#[derive(Debug)]
pub(super) struct Problem {
    pub(super) field: Option<String>,
    pub(super) text: String,
}

impl Problem {
    pub(super) fn of_row(text: impl Into<String>) -> Self {
        Self {
            field: None,
            text: text.into(),
        }
    }

    pub(super) fn too_long(longest: usize) -> Self {
        Self::of_row(format!(
            "the row is longer than {longest} bytes; raise `Loader::longest_line` if this is intended"
        ))
    }

    /// What is wrong with the bytes of a row, whatever the format.
    pub(super) fn of_bytes(bytes: &[u8]) -> Result<(), Self> {
        match bytes.iter().position(|byte| *byte == 0) {
            Some(at) => Err(Self::of_row(format!(
                "byte {} of the row is zero, which text does not contain; save the file as UTF-8",
                at + 1
            ))),
            None => Ok(()),
        }
    }

    pub(super) fn of_field(field: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            field: Some(field.into()),
            text: text.into(),
        }
    }
}

impl From<ValueError> for Problem {
    fn from(error: ValueError) -> Self {
        let path = error.path();
        Self {
            field: (!path.is_empty()).then_some(path),
            text: error.problem().to_owned(),
        }
    }
}

/// Collects problems: keeps the first ones and counts all.
#[derive(Debug)]
pub(super) struct Collected<T> {
    listed: Vec<T>,
    total: usize,
}

impl<T> Default for Collected<T> {
    fn default() -> Self {
        Self {
            listed: Vec::new(),
            total: 0,
        }
    }
}

impl<T> Collected<T> {
    pub(super) fn push(&mut self, problem: T) {
        self.total += 1;
        if self.listed.len() < MOST_LISTED {
            self.listed.push(problem);
        }
    }

    /// Returns an error if anything was collected.
    pub(super) fn finish(
        self,
        error: impl FnOnce(Vec<T>, usize) -> DataError,
    ) -> Result<(), DataError> {
        match self.total {
            0 => Ok(()),
            total => Err(error(self.listed, total)),
        }
    }
}

fn count(total: usize) -> String {
    match total {
        1 => "1 problem".to_owned(),
        _ => format!("{total} problems"),
    }
}

/// A head, one line for each item, and how many more there are.
fn list(head: &str, items: &[impl fmt::Display], total: usize) -> String {
    let mut text = format!("{head}:");
    for item in items {
        text.push_str(&format!("\n  {item}"));
    }
    if total > items.len() {
        text.push_str(&format!("\n  and {} more", total - items.len()));
    }
    text
}
