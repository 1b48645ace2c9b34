//! Rows with their places and their identities.

use std::fmt;
use std::ops::Deref;
use std::path::Path;
use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::content_id::ContentId;
use super::decode::{row_id, serde_id};
use super::error::DataError;
use super::loader::Loader;
use super::split::{Ratio, split};
use super::splits::Splits;
use crate::signature::Row;

/// Labelled rows of one type, each with the place that it came from.
///
/// It is read from a file whole or not at all, or made of a `Vec`. It is a slice of its rows; for
/// optimization it is [split](Self::split).
///
/// ```
/// use dashoptimize::evaluate::{Dataset, Ratio};
///
/// let data = Dataset::from_vec_serde((0..10).collect::<Vec<u32>>())?;
/// let splits = data.split(7, Ratio::new(40, 30, 30))?;
/// assert_eq!((splits.train().len(), splits.val().len()), (4, 3));
/// # Ok::<(), dashoptimize::evaluate::DataError>(())
/// ```
#[derive(Clone)]
pub struct Dataset<E> {
    pub(super) rows: Vec<E>,
    pub(super) origins: Vec<Origin>,
    pub(super) ids: Vec<ContentId>,
}

impl<E> Default for Dataset<E> {
    fn default() -> Self {
        Self {
            rows: Vec::new(),
            origins: Vec::new(),
            ids: Vec::new(),
        }
    }
}

impl<E: Row> Dataset<E> {
    /// Rows of a signature that are at hand.
    #[must_use]
    pub fn from_vec(rows: Vec<E>) -> Self {
        let ids = rows.iter().map(row_id).collect();
        Self::in_memory(rows, ids)
    }

    /// Reads JSONL: one object per line, with every field of the row's type and no other. For
    /// looser rules see [`Loader`].
    ///
    /// # Errors
    ///
    /// Every row that is wrong, with line and field: not only the first.
    pub fn from_jsonl(path: impl AsRef<Path>) -> Result<Self, DataError> {
        Loader::new().jsonl(path)
    }

    /// Reads CSV: the header names the fields. A cell is read as text where the field takes texts;
    /// else as JSON, so lists are written `["a", "b"]`. An empty cell is `None` for an `Option`. For
    /// looser rules see [`Loader`].
    ///
    /// # Errors
    ///
    /// As [`from_jsonl`](Self::from_jsonl).
    pub fn from_csv(path: impl AsRef<Path>) -> Result<Self, DataError> {
        Loader::new().csv(path)
    }
}

impl<E: Serialize> Dataset<E> {
    /// Plain serde values that are at hand.
    ///
    /// # Errors
    ///
    /// Where serde cannot write a row as JSON, which its identity is taken from.
    pub fn from_vec_serde(rows: Vec<E>) -> Result<Self, DataError> {
        let ids = rows.iter().enumerate().map(|(row, value)| {
            serde_id(value).map_err(|error| DataError::NotJson {
                row,
                message: error.to_string(),
            })
        });
        let ids = ids.collect::<Result<_, _>>()?;
        Ok(Self::in_memory(rows, ids))
    }
}

impl<E: Serialize + DeserializeOwned> Dataset<E> {
    /// Reads JSONL into plain serde structs. A column without a field is skipped, unless the struct
    /// has `#[serde(deny_unknown_fields)]`.
    ///
    /// # Errors
    ///
    /// Every row that is wrong, with line and field. serde tells one problem per row.
    pub fn from_jsonl_serde(path: impl AsRef<Path>) -> Result<Self, DataError> {
        Loader::new().jsonl_serde(path)
    }

    /// Reads CSV into plain serde structs: texts and enum variants as they stand, all else as JSON,
    /// an empty cell as `None`.
    ///
    /// # Errors
    ///
    /// As [`from_jsonl_serde`](Self::from_jsonl_serde).
    pub fn from_csv_serde(path: impl AsRef<Path>) -> Result<Self, DataError> {
        Loader::new().csv_serde(path)
    }
}

impl<E> Dataset<E> {
    fn in_memory(rows: Vec<E>, ids: Vec<ContentId>) -> Self {
        let origins = (1..=rows.len()).map(Origin::in_memory).collect();
        Self { rows, origins, ids }
    }

    pub(super) fn push(&mut self, row: E, origin: Origin, id: ContentId) {
        self.rows.push(row);
        self.origins.push(origin);
        self.ids.push(id);
    }

    /// Where the row at this index (from 0) came from.
    #[must_use]
    pub fn origin(&self, index: usize) -> Option<&Origin> {
        self.origins.get(index)
    }

    /// Identity of the rows in their order. Where they came from is not part of it.
    #[must_use]
    pub fn content_id(&self) -> ContentId {
        ContentId::of_rows(&self.ids)
    }

    /// Keeps the first `n` rows.
    #[must_use]
    pub fn take(mut self, n: usize) -> Self {
        self.rows.truncate(n);
        self.origins.truncate(n);
        self.ids.truncate(n);
        self
    }

    /// The rows alone.
    #[must_use]
    pub fn into_rows(self) -> Vec<E> {
        self.rows
    }

    /// Shuffles the rows by the seed and cuts them into parts. Same rows, seed and ratio, same
    /// parts, on every machine. Rows of equal content always stand in the same part.
    ///
    /// A hold-out share of 0 makes splits without a hold-out.
    ///
    /// # Errors
    ///
    /// Where a part would be empty.
    pub fn split(self, seed: u64, ratio: Ratio) -> Result<Splits<E>, DataError> {
        split(self, seed, ratio)
    }
}

impl<E: Row> From<Vec<E>> for Dataset<E> {
    fn from(rows: Vec<E>) -> Self {
        Self::from_vec(rows)
    }
}

impl<E> Deref for Dataset<E> {
    type Target = [E];

    fn deref(&self) -> &[E] {
        &self.rows
    }
}

impl<E> fmt::Debug for Dataset<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Dataset({} rows)", self.rows.len())
    }
}

/// Where a row came from. It is written `file:line`, or `row 3` for the third of a `Vec`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    file: Option<Arc<str>>,
    line: usize,
}

impl Origin {
    pub(super) const fn in_file(file: Arc<str>, line: usize) -> Self {
        Self {
            file: Some(file),
            line,
        }
    }

    const fn in_memory(number: usize) -> Self {
        Self {
            file: None,
            line: number,
        }
    }

    /// The file, where there was one.
    #[must_use]
    pub fn file(&self) -> Option<&str> {
        self.file.as_deref()
    }

    /// The line in the file, or the number in the `Vec`, from 1.
    #[must_use]
    pub const fn line(&self) -> usize {
        self.line
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.file {
            Some(file) => write!(f, "{file}:{}", self.line),
            None => write!(f, "row {}", self.line),
        }
    }
}
