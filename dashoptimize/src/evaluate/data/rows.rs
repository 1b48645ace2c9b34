//! Rows that a program can be evaluated on.

use super::dataset::Dataset;
use super::origin::RowOrigin;

/// Labelled rows in their order: a [`Dataset`], the training or validation part of
/// [`Splits`](super::Splits), a slice, an array or a `Vec`.
///
/// [`Run::evaluate`](crate::engine::Run::evaluate) takes them. The hold-out is not among them, because
/// only the verdict may use it.
pub trait Rows: Sync {
    /// The type of one row.
    type Row;

    /// The rows.
    fn rows(&self) -> &[Self::Row];

    /// Where the row at this index (from 0) came from. By default that is unknown.
    fn origin(&self, _index: usize) -> Option<&RowOrigin> {
        None
    }
}

impl<R: Rows + ?Sized> Rows for &R {
    type Row = R::Row;

    fn rows(&self) -> &[R::Row] {
        (**self).rows()
    }

    fn origin(&self, index: usize) -> Option<&RowOrigin> {
        (**self).origin(index)
    }
}

impl<E: Sync> Rows for [E] {
    type Row = E;

    fn rows(&self) -> &[E] {
        self
    }
}

impl<E: Sync, const N: usize> Rows for [E; N] {
    type Row = E;

    fn rows(&self) -> &[E] {
        self
    }
}

impl<E: Sync> Rows for Vec<E> {
    type Row = E;

    fn rows(&self) -> &[E] {
        self
    }
}

impl<E: Send + Sync> Rows for Dataset<E> {
    type Row = E;

    fn rows(&self) -> &[E] {
        self
    }

    fn origin(&self, index: usize) -> Option<&RowOrigin> {
        Self::origin(self, index)
    }
}
