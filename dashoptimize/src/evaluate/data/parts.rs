//! The parts of a data set, as types: what may be learned from, what may be compared on, and what
//! may only be opened once.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use super::content_id::ContentId;
use super::dataset::{Dataset, Origin};

/// Rows that are shared and never copied: the first `len` of a data set.
struct Part<E> {
    data: Arc<Dataset<E>>,
    len: usize,
}

impl<E> Part<E> {
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

    fn origin(&self, index: usize) -> Option<&Origin> {
        self.data.origins[..self.len].get(index)
    }

    fn content_id(&self) -> ContentId {
        ContentId::of_rows(&self.data.ids[..self.len])
    }
}

impl<E> Clone for Part<E> {
    fn clone(&self) -> Self {
        self.take(self.len)
    }
}

/// What all parts have in common. They are written once and still are types of their own.
macro_rules! part {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        pub struct $name<E>(Part<E>);

        impl<E> $name<E> {
            pub(super) fn new(data: Dataset<E>) -> Self {
                Self(Part::new(data))
            }

            /// The first `n` rows, or all where there are fewer. Nothing is copied.
            #[must_use]
            pub fn take(&self, n: usize) -> Self {
                Self(self.0.take(n))
            }

            /// Identity of the rows in their order.
            #[must_use]
            pub fn content_id(&self) -> ContentId {
                self.0.content_id()
            }

            /// Where the row at this index (from 0) came from.
            #[must_use]
            pub fn origin(&self, index: usize) -> Option<&Origin> {
                self.0.origin(index)
            }
        }

        /// Rows are shared, not copied.
        impl<E> Clone for $name<E> {
            fn clone(&self) -> Self {
                Self(self.0.clone())
            }
        }

        /// Only the number of rows.
        impl<E> fmt::Debug for $name<E> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({} rows)"), self.0.len)
            }
        }
    };
}

part! {
    /// Rows that an optimizer may learn from: demos, failures to read, feedback. It is a slice of
    /// its rows.
    Train
}

part! {
    /// Rows that an optimizer may compare candidates on. It is a slice of its rows.
    Val
}

part! {
    /// Rows for the verdict alone. Nobody but the engine can open them, and it does so once, when
    /// the optimization is over: what was looked at on the way is no proof any more.
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
    /// Number of rows.
    #[must_use]
    #[expect(
        clippy::len_without_is_empty,
        reason = "a hold-out without rows cannot be made, but by `take(0)`"
    )]
    pub const fn len(&self) -> usize {
        self.0.len
    }

    /// The rows, for the verdict.
    pub(crate) fn open(&self) -> &[E] {
        self.0.rows()
    }
}

#[cfg(test)]
mod tests {
    use crate::evaluate::{Dataset, Ratio};

    #[test]
    fn i10_the_hold_out_opens_inside_and_shows_nothing_outside() {
        let data = Dataset::from_vec_serde((100..110).collect::<Vec<u32>>()).ok();
        let splits = data.and_then(|data| data.split(7, Ratio::new(4, 3, 3)).ok());
        let splits = splits.expect("ten rows are enough");
        let holdout = splits.holdout().expect("there is a hold-out");
        assert_eq!(holdout.open().len(), holdout.len());
        assert_eq!(format!("{holdout:?}"), "Holdout(3 rows)");
    }
}
