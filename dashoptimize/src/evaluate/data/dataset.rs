//! Rows with their origins and their identities.

use std::fmt;
use std::ops::Deref;

use serde::Serialize;

use super::content_id::ContentId;
use super::error::DataError;
use super::input_id::InputId;
use super::origin::RowOrigin;
use crate::signature::Row;

/// Labelled rows of one type, each with the place that it came from.
///
/// A data set is made from a `Vec`, or read from a file as a whole or not at all. It dereferences to
/// a slice of its rows. To optimize a program, [split](Self::split) it, or put several data sets
/// together with [`Splits::builder`](super::Splits::builder).
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
    pub(super) places: Vec<RowPlace>,
}

/// Where a row came from, and what it is the same as.
#[derive(Clone, Debug)]
pub(super) struct RowPlace {
    pub(super) origin: RowOrigin,
    /// The identity of all that is in the row.
    pub(super) id: ContentId,
    /// The identity of its inputs.
    pub(super) input: InputId,
}

impl<E> Default for Dataset<E> {
    fn default() -> Self {
        Self {
            rows: Vec::new(),
            places: Vec::new(),
        }
    }
}

impl<E: Row> Dataset<E> {
    /// Makes a data set from rows of a signature.
    #[must_use]
    pub fn from_vec(rows: Vec<E>) -> Self {
        let ids = rows.iter();
        let ids = ids.map(|row| (ContentId::of_row(row), InputId::of_row(row)));
        let ids = ids.collect();
        Self::in_memory(rows, ids)
    }
}

impl<E: Serialize> Dataset<E> {
    /// Makes a data set from plain serde values.
    ///
    /// # Errors
    ///
    /// [`DataError::NotJson`] for the first row that serde cannot write as JSON. The identity of a
    /// row is a hash of its JSON.
    pub fn from_vec_serde(rows: Vec<E>) -> Result<Self, DataError> {
        let ids = rows.iter().enumerate().map(|(row, value)| {
            let ids = ContentId::of_serde(value);
            ids.and_then(|id| Ok((id, InputId::of_serde(value, None)?)))
                .map_err(|error| DataError::NotJson {
                    row,
                    message: error.to_string(),
                })
        });
        let ids = ids.collect::<Result<_, _>>()?;
        Ok(Self::in_memory(rows, ids))
    }

    /// Says which fields of plain serde structs are inputs of the program. Rows with the same inputs are
    /// copies of each other: they may not be in two parts, and count as one in a verdict. By default all
    /// fields are inputs except one that is called `id`, so that rows that differ only in their label
    /// are different. Rows of a signature know their inputs.
    ///
    /// # Errors
    ///
    /// [`DataError::NotJson`] for a row that serde cannot write as JSON.
    pub fn with_inputs<N: Into<String>>(
        mut self,
        names: impl IntoIterator<Item = N>,
    ) -> Result<Self, DataError> {
        let names: Vec<String> = names.into_iter().map(Into::into).collect();
        for (row, (value, place)) in self.rows.iter().zip(&mut self.places).enumerate() {
            let input = InputId::of_serde(value, Some(&names));
            place.input = input.map_err(|error| DataError::NotJson {
                row,
                message: error.to_string(),
            })?;
        }
        Ok(self)
    }
}

impl<E> Dataset<E> {
    fn in_memory(rows: Vec<E>, ids: Vec<(ContentId, InputId)>) -> Self {
        let places = ids
            .into_iter()
            .zip(1..)
            .map(|((id, input), number)| RowPlace {
                origin: RowOrigin::in_memory(number),
                id,
                input,
            });
        Self {
            places: places.collect(),
            rows,
        }
    }

    pub(super) fn push(&mut self, row: E, place: RowPlace) {
        self.rows.push(row);
        self.places.push(place);
    }

    /// Where the row at this index (from 0) came from, or `None` if there is no such row.
    #[must_use]
    pub fn origin(&self, index: usize) -> Option<&RowOrigin> {
        self.places.get(index).map(|place| &place.origin)
    }

    /// The identity of the rows in their order. The origins of the rows are not part of it.
    #[must_use]
    pub fn content_id(&self) -> ContentId {
        ContentId::of_rows(self.places.iter().map(|place| place.id))
    }

    /// Keeps the first `n` rows, or all of them if there are fewer.
    #[must_use]
    pub fn take(mut self, n: usize) -> Self {
        self.rows.truncate(n);
        self.places.truncate(n);
        self
    }

    /// The rows, without their origins.
    #[must_use]
    pub fn into_rows(self) -> Vec<E> {
        self.rows
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

/// Shows only the number of rows.
impl<E> fmt::Debug for Dataset<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Dataset({} rows)", self.rows.len())
    }
}
