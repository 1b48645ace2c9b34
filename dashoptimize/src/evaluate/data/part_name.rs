//! The names of the parts in files and messages.

use std::fmt;

use serde_json::Value;

use super::error::Problem;

/// Which part a row belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PartName {
    Train,
    Val,
    Holdout,
}

impl PartName {
    /// Reads the cell of the split column.
    pub(super) fn of(column: &str, cell: Option<Value>) -> Result<Self, Problem> {
        let cell = cell.ok_or_else(|| Self::missing(column))?;
        match cell.as_str() {
            Some("train") => Ok(Self::Train),
            Some("val" | "dev" | "validation") => Ok(Self::Val),
            Some("holdout" | "test") => Ok(Self::Holdout),
            _ => Err(Problem::of_field(
                column,
                format!(
                    "must be `train`, `val` (or `dev`, `validation`) or `holdout` (or `test`), \
                     not {cell}"
                ),
            )),
        }
    }

    /// The problem of a row or a file without the split column.
    pub(super) fn missing(column: &str) -> Problem {
        Problem::of_field(
            column,
            "is missing; name the part of each row, or load a `Dataset` and `split` it",
        )
    }

    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Train => "train",
            Self::Val => "val",
            Self::Holdout => "hold-out",
        }
    }
}

impl fmt::Display for PartName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
