//! The parts of a data set, as types: what an optimizer may learn from, what it may compare
//! candidates on, and what only the verdict may use.

use std::collections::HashMap;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use super::content_id::ContentId;
use super::dataset::{Dataset, RowPlace};
use super::origin::RowOrigin;
use super::rows::Rows;

/// The first `len` rows of a data set, shared and never copied.
struct SharedRows<E> {
    data: Arc<Dataset<E>>,
    len: usize,
}

impl<E> SharedRows<E> {
    fn new(data: Dataset<E>) -> Self {
        Self {
            len: data.len(),
            data: Arc::new(data),
        }
    }

    fn take(&self, n: usize) -> Self {
        Self {
            data: Arc::clone(&self.data),
            len: self.len.min(n),
        }
    }

    fn rows(&self) -> &[E] {
        &self.data.rows[..self.len]
    }

    fn origin(&self, index: usize) -> Option<&RowOrigin> {
        let places = self.places().get(index);
        places.map(|place| &place.origin)
    }

    fn content_id(&self) -> ContentId {
        ContentId::of_rows(self.places().iter().map(|place| place.id))
    }

    fn places(&self) -> &[RowPlace] {
        &self.data.places[..self.len]
    }

    /// For each row, the number of the cluster of rows with the same inputs that it belongs to.
    fn clusters(&self) -> Vec<usize> {
        let mut numbers = HashMap::new();
        let clusters = self.places().iter().map(|place| {
            let next = numbers.len();
            *numbers.entry(place.input).or_insert(next)
        });
        clusters.collect()
    }

    fn files(&self) -> Vec<&str> {
        let mut files = Vec::new();
        for file in (0..self.len).filter_map(|row| self.origin(row)?.file_name()) {
            if !files.contains(&file) {
                files.push(file);
            }
        }
        files
    }
}

impl<E> Clone for SharedRows<E> {
    fn clone(&self) -> Self {
        self.take(self.len)
    }
}

/// Defines a part. The parts share their code, and are still different types.
macro_rules! part {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        pub struct $name<E>(SharedRows<E>);

        impl<E> $name<E> {
            pub(super) fn new(data: Dataset<E>) -> Self {
                Self(SharedRows::new(data))
            }

            /// The first `n` rows, or all of them if there are fewer. Nothing is copied.
            #[must_use]
            pub fn take(&self, n: usize) -> Self {
                Self(self.0.take(n))
            }

            /// The identity of the rows in their order.
            #[must_use]
            pub fn content_id(&self) -> ContentId {
                self.0.content_id()
            }

            /// The names of the files that the rows came from, without their folders, each once.
            #[must_use]
            pub fn files(&self) -> Vec<&str> {
                self.0.files()
            }

            /// Where the row at this index (from 0) came from, or `None` if there is no such row.
            #[must_use]
            pub fn origin(&self, index: usize) -> Option<&RowOrigin> {
                self.0.origin(index)
            }
        }

        /// The clone shares the rows.
        impl<E> Clone for $name<E> {
            fn clone(&self) -> Self {
                Self(self.0.clone())
            }
        }

        /// Shows only the number of rows.
        impl<E> fmt::Debug for $name<E> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({} rows)"), self.0.len)
            }
        }
    };
}

part! {
    /// The training part: rows that an optimizer may learn from, such as by making demos of them or
    /// by reading the feedback of the metric. It dereferences to a slice of its rows.
    Train
}

part! {
    /// The validation part: rows that an optimizer may compare candidates on. It dereferences to a
    /// slice of its rows.
    Val
}

part! {
    /// The hold-out: rows that only the verdict may use.
    ///
    /// Only the engine can read the rows, and it does so once, when the optimization is over. Rows
    /// that were looked at earlier would no longer prove anything.
    ///
    /// ```
    /// use dashoptimize::evaluate::{Dataset, Ratio};
    ///
    /// let data = Dataset::from_vec_serde((0..10).collect::<Vec<u32>>())?;
    /// let splits = data.split(7, Ratio::new(40, 30, 30))?;
    /// let first = splits.train()[0];
    /// assert_eq!(splits.holdout().map(|holdout| holdout.len()), Some(3));
    /// # Ok::<(), dashoptimize::evaluate::DataError>(())
    /// ```
    ///
    /// ```compile_fail
    /// # use dashoptimize::evaluate::{Dataset, Ratio};
    /// # let data = Dataset::from_vec_serde((0..10).collect::<Vec<u32>>())?;
    /// # let splits = data.split(7, Ratio::new(40, 30, 30))?;
    /// let first = splits.holdout().unwrap()[0];
    /// # Ok::<(), dashoptimize::evaluate::DataError>(())
    /// ```
    ///
    /// ```compile_fail
    /// # use dashoptimize::evaluate::{Dataset, Ratio};
    /// # let data = Dataset::from_vec_serde((0..10).collect::<Vec<u32>>())?;
    /// # let splits = data.split(7, Ratio::new(40, 30, 30))?;
    /// let first = splits.holdout().unwrap().open()[0];
    /// # Ok::<(), dashoptimize::evaluate::DataError>(())
    /// ```
    Holdout
}

impl<E> Deref for Train<E> {
    type Target = [E];

    fn deref(&self) -> &[E] {
        self.0.rows()
    }
}

impl<E> Deref for Val<E> {
    type Target = [E];

    fn deref(&self) -> &[E] {
        self.0.rows()
    }
}

impl<E> Holdout<E> {
    /// The number of rows.
    #[must_use]
    #[expect(
        clippy::len_without_is_empty,
        reason = "only `take(0)` makes a hold-out without rows"
    )]
    pub const fn len(&self) -> usize {
        self.0.len
    }

    /// For each row, the number of the cluster of rows with the same inputs that it belongs to.
    pub(crate) fn clusters(&self) -> Vec<usize> {
        self.0.clusters()
    }

    /// The rows, for the verdict.
    pub(crate) const fn open(&self) -> OpenHoldout<'_, E> {
        OpenHoldout(&self.0)
    }
}

/// The parts that a program can be evaluated on.
macro_rules! part_with_rows {
    ($($Part:ident),*) => {
        $(
            impl<E: Send + Sync> Rows for $Part<E> {
                type Row = E;

                fn rows(&self) -> &[E] {
                    self
                }

                fn origin(&self, index: usize) -> Option<&RowOrigin> {
                    $Part::origin(self, index)
                }
            }
        )*
    };
}

part_with_rows!(Train, Val);

/// The rows of a hold-out that was opened.
pub(crate) struct OpenHoldout<'a, E>(&'a SharedRows<E>);

impl<E: Send + Sync> Rows for OpenHoldout<'_, E> {
    type Row = E;

    fn rows(&self) -> &[E] {
        self.0.rows()
    }

    fn origin(&self, index: usize) -> Option<&RowOrigin> {
        self.0.origin(index)
    }
}

#[cfg(test)]
mod tests {
    use crate::evaluate::{Dataset, Ratio, Rows};

    #[test]
    fn i10_the_hold_out_opens_inside_and_shows_nothing_outside() {
        let data = Dataset::from_vec_serde((100..110).collect::<Vec<u32>>()).ok();
        let splits = data.and_then(|data| data.split(7, Ratio::new(4, 3, 3)).ok());
        let splits = splits.expect("ten rows are enough");
        let holdout = splits.holdout().expect("there is a hold-out");
        assert_eq!(holdout.open().rows().len(), holdout.len());
        assert_eq!(format!("{holdout:?}"), "Holdout(3 rows)");
    }
}
