//! Train, val and hold-out together.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt;
use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::dataset::Dataset;
use super::error::{Collected, DataError, Problem};
use super::loader::Loader;
use super::parts::{Holdout, Train, Val};
use crate::signature::Row;

/// The parts that an optimization works with. No row of one part is equal to a row of another.
///
/// ```
/// use dashoptimize::evaluate::{Dataset, Splits};
///
/// let train = Dataset::from_vec_serde(vec!["a", "b"])?;
/// let val = Dataset::from_vec_serde(vec!["b", "c"])?;
/// let error = Splits::without_holdout(train, val).unwrap_err();
/// assert!(error.to_string().contains("val (row 1) is train (row 2)"));
/// # Ok::<(), dashoptimize::evaluate::DataError>(())
/// ```
pub struct Splits<E> {
    train: Train<E>,
    val: Val<E>,
    holdout: Option<Holdout<E>>,
}

impl<E: Row> Splits<E> {
    /// Reads JSONL whose column `split` says which part a row belongs to: `train`; `val`, `dev` or
    /// `validation`; `holdout` or `test`. The rows keep the order of the file. Without a row for the
    /// hold-out there is none, and so no verdict.
    ///
    /// # Errors
    ///
    /// As [`Dataset::from_jsonl`]; where a row names no part; where train or val is empty; where
    /// two rows are equal.
    pub fn from_jsonl(path: impl AsRef<Path>) -> Result<Self, DataError> {
        Loader::new().splits_jsonl(path)
    }

    /// The same from CSV.
    ///
    /// # Errors
    ///
    /// As [`from_jsonl`](Self::from_jsonl).
    pub fn from_csv(path: impl AsRef<Path>) -> Result<Self, DataError> {
        Loader::new().splits_csv(path)
    }
}

impl<E: Serialize + DeserializeOwned> Splits<E> {
    /// The same from JSONL, into plain serde structs.
    ///
    /// # Errors
    ///
    /// As [`from_jsonl`](Self::from_jsonl).
    pub fn from_jsonl_serde(path: impl AsRef<Path>) -> Result<Self, DataError> {
        Loader::new().splits_jsonl_serde(path)
    }
}

impl<E> Splits<E> {
    /// Parts that were split elsewhere.
    ///
    /// # Errors
    ///
    /// Where a part is empty, or a row stands in two parts.
    pub fn new(
        train: impl Into<Dataset<E>>,
        val: impl Into<Dataset<E>>,
        holdout: impl Into<Dataset<E>>,
    ) -> Result<Self, DataError> {
        Self::of_parts(train.into(), val.into(), Some(holdout.into()))
    }

    /// Parts for tests and quick work. Without a hold-out there is no verdict.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new).
    pub fn without_holdout(
        train: impl Into<Dataset<E>>,
        val: impl Into<Dataset<E>>,
    ) -> Result<Self, DataError> {
        Self::of_parts(train.into(), val.into(), None)
    }

    pub(super) fn of_parts(
        train: Dataset<E>,
        val: Dataset<E>,
        holdout: Option<Dataset<E>>,
    ) -> Result<Self, DataError> {
        let parts = [
            (PartName::Train, Some(&train)),
            (PartName::Val, Some(&val)),
            (PartName::Holdout, holdout.as_ref()),
        ];
        check_parts(
            parts
                .into_iter()
                .filter_map(|(name, set)| Some((name, set?))),
        )?;
        Ok(Self {
            train: Train::new(train),
            val: Val::new(val),
            holdout: holdout.map(Holdout::new),
        })
    }

    /// The first rows of each part, at most so many. They share memory with the parts.
    #[must_use]
    pub fn take(&self, train: usize, val: usize, holdout: usize) -> Self {
        Self {
            train: self.train.take(train),
            val: self.val.take(val),
            holdout: self.holdout.as_ref().map(|part| part.take(holdout)),
        }
    }

    /// What an optimizer may learn from.
    #[must_use]
    pub const fn train(&self) -> &Train<E> {
        &self.train
    }

    /// What an optimizer may compare candidates on.
    #[must_use]
    pub const fn val(&self) -> &Val<E> {
        &self.val
    }

    /// What the verdict is found on.
    #[must_use]
    pub const fn holdout(&self) -> Option<&Holdout<E>> {
        self.holdout.as_ref()
    }
}

/// Rows are shared, not copied.
impl<E> Clone for Splits<E> {
    fn clone(&self) -> Self {
        Self {
            train: self.train.clone(),
            val: self.val.clone(),
            holdout: self.holdout.clone(),
        }
    }
}

/// Only the numbers of rows.
impl<E> fmt::Debug for Splits<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Splits")
            .field("train", &self.train)
            .field("val", &self.val)
            .field("holdout", &self.holdout)
            .finish()
    }
}

/// No part is empty, and no row stands in two of them.
fn check_parts<'a, E: 'a>(
    parts: impl Iterator<Item = (PartName, &'a Dataset<E>)>,
) -> Result<(), DataError> {
    let mut seen = HashMap::new();
    let mut overlaps = Collected::default();
    for (part, set) in parts {
        if set.is_empty() {
            return Err(DataError::EmptyPart {
                part: part.as_str(),
                hint: "give it at least one row".to_owned(),
            });
        }
        for (id, origin) in set.ids.iter().zip(&set.origins) {
            match seen.entry(id) {
                Entry::Vacant(entry) => {
                    entry.insert((part, origin));
                }
                Entry::Occupied(entry) => {
                    let (first_part, first) = entry.get();
                    if *first_part != part {
                        overlaps.push(format!("{part} ({origin}) is {first_part} ({first})"));
                    }
                }
            }
        }
    }
    overlaps.finish(|overlaps, total| DataError::Overlap { overlaps, total })
}

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

    /// The problem of a row or file without the split column.
    pub(super) fn missing(column: &str) -> Problem {
        Problem::of_field(
            column,
            "is missing; name the part of each row, or load a `Dataset` and `split` it",
        )
    }

    const fn as_str(self) -> &'static str {
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
