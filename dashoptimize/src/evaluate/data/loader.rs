//! Loading files into data sets and splits.

use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::dataset::Dataset;
use super::decode::{RowDecoder, SerdeDecoder, UnknownColumns};
use super::error::DataError;
use super::part_name::PartName;
use super::reading::{Duplicates, LoadedRow, Rules};
use super::splits::{Overlap, Splits};
use crate::signature::Row;

/// The column that says which part a row belongs to.
const SPLIT_COLUMN: &str = "split";

/// Loads files into data sets, with rules that can be relaxed one by one.
///
/// By default every column must have a field, and no two rows may be equal. A file is loaded as a
/// whole or not at all, and the error lists what is wrong in all of its rows.
///
/// # Rows of a signature and plain serde structs
///
/// Rows of a signature are read by [`Row::FIELDS`]: every field must be present (one of type
/// `Option` may be absent or `null`), and a column without a field is an error. The header of a CSV
/// file is checked once, before any row is read.
///
/// Plain serde structs (the functions that end in `_serde`) decide themselves, by their
/// `Deserialize`: a missing field is an error unless it is an `Option` or has `#[serde(default)]`, and
/// a column without a field is skipped unless the struct has `#[serde(deny_unknown_fields)]`. serde
/// tells this only when it reads a row, and then only the first problem, so a header is not checked
/// on its own and each row is reported with one problem. `rename`, `alias`, `skip` and `default` mean
/// what they mean elsewhere. Fields of a struct that is flattened take only texts from a CSV file,
/// because serde does not tell of which type they are.
///
/// ```no_run
/// # use dashoptimize::evaluate::{DataError, Dataset, Loader};
/// # use serde::{Deserialize, Serialize};
/// #[derive(Serialize, Deserialize)]
/// struct Question {
///     question: String,
///     answer: String,
/// }
///
/// let data: Dataset<Question> = Loader::new()
///     .allow_duplicates()
///     .ignore_columns(["id"])
///     .limit(500)
///     .jsonl_serde("questions.jsonl")?;
/// # Ok::<(), DataError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Loader {
    rules: Rules,
}

impl Loader {
    /// A loader with the strict rules.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Accepts rows that are equal to an earlier one. By default they are errors.
    #[must_use]
    pub const fn allow_duplicates(mut self) -> Self {
        self.rules.duplicates = Duplicates::Allow;
        self
    }

    /// Accepts rows of one part that have the same inputs as rows of another. By default they are errors,
    /// because a program would be judged by rows that it was tuned on.
    #[must_use]
    pub const fn allow_overlap(mut self) -> Self {
        self.rules.overlap = Overlap::Allow;
        self
    }

    /// Reads only the rows whose column has this value, and takes the column out: with
    /// `only("split", "test")`, a program is evaluated on the rows of a test split alone. By default all
    /// rows are read.
    #[must_use]
    pub fn only(mut self, column: impl Into<String>, value: impl Into<String>) -> Self {
        self.rules.only = Some((column.into(), value.into()));
        self
    }

    /// Skips these columns. By default none is skipped. Calls add up.
    #[must_use]
    pub fn ignore_columns<N: Into<String>>(mut self, names: impl IntoIterator<Item = N>) -> Self {
        self.rules.ignored.extend(names.into_iter().map(Into::into));
        self
    }

    /// Skips every column that the row's type has no field for. By default such columns are errors.
    /// This has no effect on plain serde structs, which decide themselves.
    #[must_use]
    pub const fn ignore_unknown_columns(mut self) -> Self {
        self.rules.unknown = UnknownColumns::Ignore;
        self
    }

    /// Reads at most the first `n` rows that are chosen, and does not look at the others. By default all rows are
    /// read.
    #[must_use]
    pub const fn limit(mut self, n: usize) -> Self {
        self.rules.limit = n;
        self
    }

    /// Sets the length in bytes above which a line, or a CSV row of several lines, is an error.
    /// Default: 16 MiB.
    #[must_use]
    pub const fn longest_line(mut self, bytes: usize) -> Self {
        self.rules.longest_line = bytes;
        self
    }

    /// Reads JSONL into rows of a signature: one JSON object per line; blank lines are skipped.
    ///
    /// # Errors
    ///
    /// - [`DataError::Io`] if the file cannot be read
    /// - [`DataError::Rows`] if rows are wrong, with line and field
    /// - [`DataError::Empty`] if the file has no rows
    /// - [`DataError::NoneChosen`] if no row has the value that [`only`](Self::only) asks for
    pub fn jsonl<E: Row>(&self, path: impl AsRef<Path>) -> Result<Dataset<E>, DataError> {
        self.rules
            .read_jsonl(path.as_ref(), self.row_decoder(), None)
            .map(one_set)
    }

    /// Reads CSV into rows of a signature: comma-separated, the header names the fields.
    ///
    /// A cell is read as text where the field takes this text, and as JSON where it does not, so that
    /// a list is written `["a", "b"]`. An empty cell is `None` for an `Option`.
    ///
    /// # Errors
    ///
    /// The same as [`jsonl`](Self::jsonl).
    pub fn csv<E: Row>(&self, path: impl AsRef<Path>) -> Result<Dataset<E>, DataError> {
        self.rules
            .read_csv(path.as_ref(), self.row_decoder(), None)
            .map(one_set)
    }

    /// Reads JSONL into plain serde structs.
    ///
    /// # Errors
    ///
    /// The same as [`jsonl`](Self::jsonl).
    pub fn jsonl_serde<E>(&self, path: impl AsRef<Path>) -> Result<Dataset<E>, DataError>
    where
        E: Serialize + DeserializeOwned,
    {
        self.rules
            .read_jsonl(path.as_ref(), SerdeDecoder, None)
            .map(one_set)
    }

    /// Reads CSV into plain serde structs. Texts and names of enum variants are taken as they stand,
    /// everything else is read as JSON, and an empty cell is `None` for an `Option`.
    ///
    /// # Errors
    ///
    /// The same as [`jsonl`](Self::jsonl).
    pub fn csv_serde<E>(&self, path: impl AsRef<Path>) -> Result<Dataset<E>, DataError>
    where
        E: Serialize + DeserializeOwned,
    {
        self.rules
            .read_csv(path.as_ref(), SerdeDecoder, None)
            .map(one_set)
    }

    /// Reads JSONL whose column `split` says which part a row belongs to: `train`; `val`, `dev` or
    /// `validation`; `holdout` or `test`. The rows keep the order of the file. If no row belongs to
    /// the hold-out, there is no hold-out, and an optimization ends without a verdict.
    ///
    /// # Errors
    ///
    /// The same as [`jsonl`](Self::jsonl), and
    ///
    /// - [`DataError::Rows`] if a row does not name its part
    /// - [`DataError::EmptyPart`] if the training part or the validation part has no rows
    /// - [`DataError::Overlap`] if a row of one part has the inputs of a row of another, even if
    ///   duplicates are allowed
    pub fn splits_jsonl<E: Row>(&self, path: impl AsRef<Path>) -> Result<Splits<E>, DataError> {
        self.rules
            .read_jsonl(path.as_ref(), self.row_decoder(), Some(SPLIT_COLUMN))
            .and_then(|rows| self.rules.splits_of(rows))
    }

    /// Reads CSV whose column `split` says which part a row belongs to, as
    /// [`splits_jsonl`](Self::splits_jsonl).
    ///
    /// # Errors
    ///
    /// The same as [`splits_jsonl`](Self::splits_jsonl).
    pub fn splits_csv<E: Row>(&self, path: impl AsRef<Path>) -> Result<Splits<E>, DataError> {
        self.rules
            .read_csv(path.as_ref(), self.row_decoder(), Some(SPLIT_COLUMN))
            .and_then(|rows| self.rules.splits_of(rows))
    }

    /// Reads JSONL into splits of plain serde structs, as [`splits_jsonl`](Self::splits_jsonl).
    ///
    /// # Errors
    ///
    /// The same as [`splits_jsonl`](Self::splits_jsonl).
    pub fn splits_jsonl_serde<E>(&self, path: impl AsRef<Path>) -> Result<Splits<E>, DataError>
    where
        E: Serialize + DeserializeOwned,
    {
        self.rules
            .read_jsonl(path.as_ref(), SerdeDecoder, Some(SPLIT_COLUMN))
            .and_then(|rows| self.rules.splits_of(rows))
    }

    /// Reads CSV into splits of plain serde structs, as [`splits_jsonl`](Self::splits_jsonl).
    ///
    /// # Errors
    ///
    /// The same as [`splits_jsonl`](Self::splits_jsonl).
    pub fn splits_csv_serde<E>(&self, path: impl AsRef<Path>) -> Result<Splits<E>, DataError>
    where
        E: Serialize + DeserializeOwned,
    {
        self.rules
            .read_csv(path.as_ref(), SerdeDecoder, Some(SPLIT_COLUMN))
            .and_then(|rows| self.rules.splits_of(rows))
    }

    const fn row_decoder<E: Row>(&self) -> RowDecoder<E> {
        RowDecoder::new(self.rules.unknown)
    }
}

fn one_set<E>(rows: Vec<LoadedRow<E>>) -> Dataset<E> {
    let mut set = Dataset::default();
    for row in rows {
        set.push(row.row, row.place);
    }
    set
}

impl Rules {
    fn splits_of<E>(&self, rows: Vec<LoadedRow<E>>) -> Result<Splits<E>, DataError> {
        let (mut train, mut val) = (Dataset::default(), Dataset::default());
        let mut holdout: Option<Dataset<E>> = None;
        for row in rows {
            let set = match row.part {
                PartName::Train => &mut train,
                PartName::Val => &mut val,
                PartName::Holdout => holdout.get_or_insert_default(),
            };
            set.push(row.row, row.place);
        }
        Splits::of_parts(train, val, holdout, self.overlap)
    }
}

/// Loading with the strict rules; [`Loader`] relaxes them.
impl<E: Row> Dataset<E> {
    /// Reads JSONL: one JSON object per line, with every field of the row's type and no other. See
    /// [`Loader::jsonl`].
    ///
    /// # Errors
    ///
    /// The same as [`Loader::jsonl`]. All rows that are wrong are listed, not only the first.
    pub fn from_jsonl(path: impl AsRef<Path>) -> Result<Self, DataError> {
        Loader::new().jsonl(path)
    }

    /// Reads CSV: the header names the fields. See [`Loader::csv`].
    ///
    /// # Errors
    ///
    /// The same as [`from_jsonl`](Self::from_jsonl).
    pub fn from_csv(path: impl AsRef<Path>) -> Result<Self, DataError> {
        Loader::new().csv(path)
    }
}

/// Loading plain serde structs with the strict rules; [`Loader`] relaxes them.
impl<E: Serialize + DeserializeOwned> Dataset<E> {
    /// Reads JSONL into plain serde structs. See [`Loader::jsonl_serde`].
    ///
    /// # Errors
    ///
    /// The same as [`Loader::jsonl`]. serde reports one problem per row.
    pub fn from_jsonl_serde(path: impl AsRef<Path>) -> Result<Self, DataError> {
        Loader::new().jsonl_serde(path)
    }

    /// Reads CSV into plain serde structs. See [`Loader::csv_serde`].
    ///
    /// # Errors
    ///
    /// The same as [`from_jsonl_serde`](Self::from_jsonl_serde).
    pub fn from_csv_serde(path: impl AsRef<Path>) -> Result<Self, DataError> {
        Loader::new().csv_serde(path)
    }
}

/// Loading with the strict rules; [`Loader`] relaxes them.
impl<E: Row> Splits<E> {
    /// Reads JSONL whose column `split` says which part a row belongs to. See
    /// [`Loader::splits_jsonl`].
    ///
    /// # Errors
    ///
    /// The same as [`Loader::splits_jsonl`].
    pub fn from_jsonl(path: impl AsRef<Path>) -> Result<Self, DataError> {
        Loader::new().splits_jsonl(path)
    }

    /// Reads CSV whose column `split` says which part a row belongs to. See
    /// [`Loader::splits_csv`].
    ///
    /// # Errors
    ///
    /// The same as [`Loader::splits_jsonl`].
    pub fn from_csv(path: impl AsRef<Path>) -> Result<Self, DataError> {
        Loader::new().splits_csv(path)
    }
}

/// Loading plain serde structs with the strict rules; [`Loader`] relaxes them.
impl<E: Serialize + DeserializeOwned> Splits<E> {
    /// Reads JSONL into splits of plain serde structs. See [`Loader::splits_jsonl_serde`].
    ///
    /// # Errors
    ///
    /// The same as [`Loader::splits_jsonl`].
    pub fn from_jsonl_serde(path: impl AsRef<Path>) -> Result<Self, DataError> {
        Loader::new().splits_jsonl_serde(path)
    }

    /// Reads CSV into splits of plain serde structs. See [`Loader::splits_csv_serde`].
    ///
    /// # Errors
    ///
    /// The same as [`Loader::splits_jsonl`].
    pub fn from_csv_serde(path: impl AsRef<Path>) -> Result<Self, DataError> {
        Loader::new().splits_csv_serde(path)
    }
}
