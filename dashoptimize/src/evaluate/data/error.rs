//! What is wrong with data.

use std::fmt;
use std::io;

use crate::signature::ValueError;

/// Problems beyond this number are counted and not listed.
const MOST_LISTED: usize = 20;

/// Data that cannot be used. Nothing is half-loaded.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DataError {
    /// The file cannot be read.
    #[error("{file} cannot be read: {source}")]
    Io {
        /// The file.
        file: String,
        /// Why.
        source: io::Error,
    },
    /// The file has no rows.
    #[error("{file} has no rows")]
    Empty {
        /// The file.
        file: String,
    },
    /// Rows are wrong. All of them are listed, up to 20 problems.
    #[error("{}", list(&format!("{file} is not loaded, {}", count(*total)), problems, *total))]
    Rows {
        /// The file.
        file: String,
        /// The problems, in the order of the lines.
        problems: Vec<RowProblem>,
        /// Number of problems, those not listed included.
        total: usize,
    },
    /// Rows stand in two parts: the one would be judged by what the other was tuned on.
    #[error("{}", list("parts overlap; each row may stand in one part only", overlaps, *total))]
    Overlap {
        /// Which rows, such as `val (data.jsonl:9) is train (data.jsonl:2)`.
        overlaps: Vec<String>,
        /// Number of overlaps, those not listed included.
        total: usize,
    },
    /// A part would be empty.
    #[error("the {part} part is empty; {hint}")]
    EmptyPart {
        /// `train`, `val` or `hold-out`.
        part: &'static str,
        /// What to do.
        hint: String,
    },
    /// A row that serde cannot write as JSON.
    #[error("row {row} (from 0) cannot be written as JSON: {message}")]
    NotJson {
        /// Which row, from 0.
        row: usize,
        /// serde's message.
        message: String,
    },
}

/// One thing wrong in one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowProblem {
    /// The file.
    pub file: String,
    /// The line, from 1; of a CSV row the first.
    pub line: usize,
    /// Path of the field, such as `address.lines[2]`; `None` where the whole row is wrong.
    pub field: Option<String>,
    /// What is wrong, in words.
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

/// What is wrong in a row whose place is known elsewhere.
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
            "the row is longer than {longest} bytes; raise `Loader::longest_line` if it is meant"
        ))
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

/// Collects problems, keeps the first and counts all.
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

    /// Fails with what was collected, if anything was.
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

/// A head, the items on lines of their own, and how many more there are.
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
