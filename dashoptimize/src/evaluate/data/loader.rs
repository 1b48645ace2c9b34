//! Reading files into data sets.

use std::collections::{BTreeSet, HashMap};
use std::fs::File;
use std::io::{self, BufReader};
use std::path::Path;
use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::content_id::ContentId;
use super::csv_rows::CsvRows;
use super::dataset::{Dataset, Origin};
use super::decode::{Decode, RowDecoder, SerdeDecoder, Unknown};
use super::error::{Collected, DataError, Problem, RowProblem};
use super::json_lines::JsonLines;
use super::lines::Lines;
use super::raw_row::{RawRow, Source};
use super::splits::{PartName, Splits};
use crate::signature::Row;

/// The column that says which part a row belongs to.
const SPLIT_COLUMN: &str = "split";

/// 16 MiB: longer than any prompt a model takes, and shorter than what would hurt.
const LONGEST_LINE: usize = 16 << 20;

/// Reads files into data sets, with rules that can be loosened one by one.
///
/// By default every column must have a field, and no two rows may be equal.
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
///     .ignore_unknown(["id"])
///     .limit(500)
///     .jsonl_serde("questions.jsonl")?;
/// # Ok::<(), DataError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Loader {
    duplicates: Duplicates,
    ignored: BTreeSet<String>,
    unknown: Unknown,
    limit: usize,
    longest_line: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Duplicates {
    Refuse,
    Allow,
}

impl Default for Loader {
    fn default() -> Self {
        Self {
            duplicates: Duplicates::Refuse,
            ignored: BTreeSet::new(),
            unknown: Unknown::Refuse,
            limit: usize::MAX,
            longest_line: LONGEST_LINE,
        }
    }
}

impl Loader {
    /// The strict rules.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes rows that are equal to an earlier one. Default: they are errors.
    #[must_use]
    pub const fn allow_duplicates(mut self) -> Self {
        self.duplicates = Duplicates::Allow;
        self
    }

    /// Skips these columns. Default: none.
    #[must_use]
    pub fn ignore_unknown<N: Into<String>>(mut self, names: impl IntoIterator<Item = N>) -> Self {
        self.ignored.extend(names.into_iter().map(Into::into));
        self
    }

    /// Skips every column that the row's type has no field for. Default: they are errors. (Plain
    /// serde structs decide themselves.)
    #[must_use]
    pub const fn ignore_all_unknown(mut self) -> Self {
        self.unknown = Unknown::Ignore;
        self
    }

    /// Reads the first `n` rows and does not look at the others. Default: all.
    #[must_use]
    pub const fn limit(mut self, n: usize) -> Self {
        self.limit = n;
        self
    }

    /// Sets the length in bytes above which a line, or a CSV row of several lines, is an error.
    /// Default: 16 MiB.
    #[must_use]
    pub const fn longest_line(mut self, bytes: usize) -> Self {
        self.longest_line = bytes;
        self
    }

    /// Reads JSONL into rows of a signature.
    ///
    /// # Errors
    ///
    /// As [`Dataset::from_jsonl`].
    pub fn jsonl<E: Row>(&self, path: impl AsRef<Path>) -> Result<Dataset<E>, DataError> {
        let rows = self.read_jsonl(path.as_ref(), RowDecoder::new(self.unknown), None)?;
        Ok(one_set(rows))
    }

    /// Reads CSV into rows of a signature.
    ///
    /// # Errors
    ///
    /// As [`Dataset::from_csv`].
    pub fn csv<E: Row>(&self, path: impl AsRef<Path>) -> Result<Dataset<E>, DataError> {
        let rows = self.read_csv(path.as_ref(), RowDecoder::new(self.unknown), None)?;
        Ok(one_set(rows))
    }

    /// Reads JSONL into plain serde structs.
    ///
    /// # Errors
    ///
    /// As [`Dataset::from_jsonl_serde`].
    pub fn jsonl_serde<E>(&self, path: impl AsRef<Path>) -> Result<Dataset<E>, DataError>
    where
        E: Serialize + DeserializeOwned,
    {
        let rows = self.read_jsonl(path.as_ref(), SerdeDecoder, None)?;
        Ok(one_set(rows))
    }

    /// Reads CSV into plain serde structs.
    ///
    /// # Errors
    ///
    /// As [`Dataset::from_csv_serde`].
    pub fn csv_serde<E>(&self, path: impl AsRef<Path>) -> Result<Dataset<E>, DataError>
    where
        E: Serialize + DeserializeOwned,
    {
        let rows = self.read_csv(path.as_ref(), SerdeDecoder, None)?;
        Ok(one_set(rows))
    }

    /// Reads JSONL whose column `split` says which part a row belongs to: `train`; `val`, `dev` or
    /// `validation`; `holdout` or `test`.
    ///
    /// # Errors
    ///
    /// As [`Splits::from_jsonl`].
    pub fn splits_jsonl<E: Row>(&self, path: impl AsRef<Path>) -> Result<Splits<E>, DataError> {
        let decoder = RowDecoder::new(self.unknown);
        splits_of(self.read_jsonl(path.as_ref(), decoder, Some(SPLIT_COLUMN))?)
    }

    /// The same from CSV.
    ///
    /// # Errors
    ///
    /// As [`Splits::from_jsonl`].
    pub fn splits_csv<E: Row>(&self, path: impl AsRef<Path>) -> Result<Splits<E>, DataError> {
        let decoder = RowDecoder::new(self.unknown);
        splits_of(self.read_csv(path.as_ref(), decoder, Some(SPLIT_COLUMN))?)
    }

    /// The same from JSONL, into plain serde structs.
    ///
    /// # Errors
    ///
    /// As [`Splits::from_jsonl`].
    pub fn splits_jsonl_serde<E>(&self, path: impl AsRef<Path>) -> Result<Splits<E>, DataError>
    where
        E: Serialize + DeserializeOwned,
    {
        splits_of(self.read_jsonl(path.as_ref(), SerdeDecoder, Some(SPLIT_COLUMN))?)
    }

    fn read_jsonl<E>(
        &self,
        path: &Path,
        decoder: impl Decode<E>,
        split_column: Option<&str>,
    ) -> Result<Vec<Loaded<E>>, DataError> {
        let reading = Reading::new(self, path, decoder, split_column);
        let file = File::open(path).map_err(|error| reading.io(error))?;
        reading.read(JsonLines::new(self.lines(file)))
    }

    fn read_csv<E>(
        &self,
        path: &Path,
        decoder: impl Decode<E>,
        split_column: Option<&str>,
    ) -> Result<Vec<Loaded<E>>, DataError> {
        let mut reading = Reading::new(self, path, decoder, split_column);
        let file = File::open(path).map_err(|error| reading.io(error))?;
        match CsvRows::new(self.lines(file)).map_err(|error| reading.io(error))? {
            Ok(rows) => reading.read(rows),
            Err((line, problems)) => {
                reading.report(line, problems);
                reading.finish()
            }
        }
    }
}

impl Loader {
    fn lines(&self, file: File) -> Lines<BufReader<File>> {
        Lines::new(BufReader::new(file), self.longest_line)
    }
}

/// A row as it was read.
struct Loaded<E> {
    /// Which part it says it belongs to, where parts are asked for.
    part: PartName,
    row: E,
    origin: Origin,
    id: ContentId,
}

/// The reading of one file.
struct Reading<'a, E, D> {
    loader: &'a Loader,
    file: Arc<str>,
    decoder: D,
    split_column: Option<&'a str>,
    problems: Collected<RowProblem>,
    rows: Vec<Loaded<E>>,
    first_lines: HashMap<ContentId, usize>,
}

impl<'a, E, D: Decode<E>> Reading<'a, E, D> {
    fn new(loader: &'a Loader, path: &Path, decoder: D, split_column: Option<&'a str>) -> Self {
        Self {
            loader,
            file: path.display().to_string().into(),
            decoder,
            split_column,
            problems: Collected::default(),
            rows: Vec::new(),
            first_lines: HashMap::new(),
        }
    }

    fn read(mut self, mut source: impl Source) -> Result<Vec<Loaded<E>>, DataError> {
        if let Some(columns) = source.columns() {
            if columns.is_empty() {
                return self.finish();
            }
            let problems = self.column_problems(columns);
            if !problems.is_empty() {
                // Every row would repeat them.
                self.report(1, problems);
                return self.finish();
            }
        }
        for _ in 0..self.loader.limit {
            let Some(numbered) = source.next() else { break };
            let numbered = numbered.map_err(|error| self.io(error))?;
            let row = numbered.row.map_err(|problem| vec![problem]);
            match row.and_then(|row| self.load(row, numbered.line)) {
                Ok(row) => self.rows.push(row),
                Err(problems) => self.report(numbered.line, problems),
            }
        }
        self.finish()
    }

    /// What is wrong with the columns, but for those that never reach the row's type.
    fn column_problems(&mut self, columns: &[String]) -> Vec<Problem> {
        let mut problems = Vec::new();
        if let Some(column) = self.split_column
            && !columns.iter().any(|name| name == column)
        {
            problems.push(PartName::missing(column));
        }
        let columns = columns.iter().filter(|name| {
            !self.loader.ignored.contains(*name) && self.split_column != Some(name.as_str())
        });
        let columns: Vec<String> = columns.cloned().collect();
        problems.extend(self.decoder.check_columns(&columns));
        problems
    }

    fn load(&mut self, mut row: RawRow, line: usize) -> Result<Loaded<E>, Vec<Problem>> {
        let mut problems = Vec::new();
        let mut part = PartName::Train;
        if let Some(column) = self.split_column {
            match PartName::of(column, row.remove(column)) {
                Ok(named) => part = named,
                Err(problem) => problems.push(problem),
            }
        }
        for name in &self.loader.ignored {
            row.remove(name);
        }
        let row = match self.decoder.decode(row) {
            Ok(row) if problems.is_empty() => row,
            Ok(_) => return Err(problems),
            Err(wrong) => {
                problems.extend(wrong);
                return Err(problems);
            }
        };
        let id = self.decoder.id(&row).map_err(|problem| vec![problem])?;
        let first = *self.first_lines.entry(id).or_insert(line);
        if first != line && self.loader.duplicates == Duplicates::Refuse {
            return Err(vec![Problem::of_row(format!(
                "the row is equal to that in line {first}; remove it, or load with \
                 `Loader::allow_duplicates`"
            ))]);
        }
        let origin = Origin::in_file(Arc::clone(&self.file), line);
        Ok(Loaded {
            part,
            row,
            origin,
            id,
        })
    }

    fn report(&mut self, line: usize, problems: Vec<Problem>) {
        for problem in problems {
            self.problems.push(RowProblem {
                file: self.file.to_string(),
                line,
                field: problem.field,
                problem: problem.text,
            });
        }
    }

    fn io(&self, source: io::Error) -> DataError {
        DataError::Io {
            file: self.file.to_string(),
            source,
        }
    }

    fn finish(self) -> Result<Vec<Loaded<E>>, DataError> {
        let file = self.file.to_string();
        self.problems.finish(|problems, total| DataError::Rows {
            file: file.clone(),
            problems,
            total,
        })?;
        if self.rows.is_empty() {
            return Err(DataError::Empty { file });
        }
        Ok(self.rows)
    }
}

fn one_set<E>(rows: Vec<Loaded<E>>) -> Dataset<E> {
    let mut set = Dataset::default();
    for row in rows {
        set.push(row.row, row.origin, row.id);
    }
    set
}

fn splits_of<E>(rows: Vec<Loaded<E>>) -> Result<Splits<E>, DataError> {
    let (mut train, mut val) = (Dataset::default(), Dataset::default());
    let mut holdout: Option<Dataset<E>> = None;
    for row in rows {
        let set = match row.part {
            PartName::Train => &mut train,
            PartName::Val => &mut val,
            PartName::Holdout => holdout.get_or_insert_default(),
        };
        set.push(row.row, row.origin, row.id);
    }
    Splits::of_parts(train, val, holdout)
}
