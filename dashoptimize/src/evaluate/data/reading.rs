//! Reading one file, row by row.

use std::collections::{BTreeSet, HashMap};
use std::fs::File;
use std::io::{self, BufReader};
use std::path::Path;
use std::sync::Arc;

use serde_json::Value;

use super::content_id::ContentId;
use super::csv_rows::CsvRows;
use super::dataset::RowPlace;
use super::decode::{Decode, UnknownColumns};
use super::error::{Collected, DataError, Problem, RowProblem};
use super::input_id::InputId;
use super::json_lines::JsonLines;
use super::lines::Lines;
use super::origin::RowOrigin;
use super::part_name::PartName;
use super::raw_row::{RawRow, RowSource};
use super::splits::Overlap;

/// 16 MiB: longer than any prompt that a model takes, and small enough to be held in memory.
const LONGEST_LINE: usize = 16 << 20;

/// The rules by which files are read.
#[derive(Clone, Debug)]
pub(super) struct Rules {
    pub(super) duplicates: Duplicates,
    pub(super) ignored: BTreeSet<String>,
    pub(super) unknown: UnknownColumns,
    pub(super) limit: usize,
    /// A column, and the value that it has in the rows that are read.
    pub(super) only: Option<(String, String)>,
    pub(super) overlap: Overlap,
    pub(super) longest_line: usize,
}

/// What happens to a row that is equal to an earlier one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Duplicates {
    Refuse,
    Allow,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            duplicates: Duplicates::Refuse,
            ignored: BTreeSet::new(),
            unknown: UnknownColumns::Refuse,
            limit: usize::MAX,
            only: None,
            overlap: Overlap::Refuse,
            longest_line: LONGEST_LINE,
        }
    }
}

impl Rules {
    /// Reads a JSONL file. The split column, if one is named, must be in every row.
    pub(super) fn read_jsonl<E>(
        &self,
        path: &Path,
        decoder: impl Decode<E>,
        split_column: Option<&str>,
    ) -> Result<Vec<LoadedRow<E>>, DataError> {
        let reading = Reading::new(self, path, decoder, split_column);
        let file = File::open(path).map_err(|error| reading.io(error))?;
        reading.read(JsonLines::new(self.lines(file)))
    }

    /// Reads a CSV file, as [`read_jsonl`](Self::read_jsonl) reads JSONL.
    pub(super) fn read_csv<E>(
        &self,
        path: &Path,
        decoder: impl Decode<E>,
        split_column: Option<&str>,
    ) -> Result<Vec<LoadedRow<E>>, DataError> {
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

    fn lines(&self, file: File) -> Lines<BufReader<File>> {
        Lines::new(BufReader::new(file), self.longest_line)
    }
}

fn nameless_column(number: usize) -> Problem {
    Problem::of_row(format!(
        "column {number} has no name; pandas writes such a column for its index: save with \
         `index=False`, or skip it with `Loader::ignore_columns([\"\"])`"
    ))
}

/// A row that was read.
pub(super) struct LoadedRow<E> {
    /// The part that the row names; the training part if no split column was asked for.
    pub(super) part: PartName,
    pub(super) row: E,
    pub(super) place: RowPlace,
}

/// The reading of one file, in progress.
struct Reading<'a, E, D> {
    rules: &'a Rules,
    file: Arc<str>,
    decoder: D,
    split_column: Option<&'a str>,
    problems: Collected<RowProblem>,
    rows: Vec<LoadedRow<E>>,
    /// The number of rows that are wrong.
    refused: usize,
    first_lines: HashMap<ContentId, usize>,
}

impl<'a, E, D: Decode<E>> Reading<'a, E, D> {
    fn new(rules: &'a Rules, path: &Path, decoder: D, split_column: Option<&'a str>) -> Self {
        Self {
            rules,
            file: path.display().to_string().into(),
            decoder,
            split_column,
            problems: Collected::default(),
            rows: Vec::new(),
            refused: 0,
            first_lines: HashMap::new(),
        }
    }

    fn read(mut self, mut source: impl RowSource) -> Result<Vec<LoadedRow<E>>, DataError> {
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
        while self.rows.len() + self.refused < self.rules.limit {
            let Some(numbered) = source.next() else { break };
            let numbered = numbered.map_err(|error| self.io(error))?;
            let row = numbered.row.map_err(|problem| vec![problem]);
            let row = match row.and_then(|row| self.chosen(row)) {
                Ok(Some(row)) => Ok(row),
                Ok(None) => continue,
                Err(problems) => Err(problems),
            };
            match row.and_then(|row| self.load(row, numbered.line)) {
                Ok(row) => self.rows.push(row),
                Err(problems) => {
                    self.refused += 1;
                    self.report(numbered.line, problems);
                }
            }
        }
        self.finish()
    }

    /// What is wrong with the columns, without those that are taken out before a row is decoded.
    fn column_problems(&self, columns: &[String]) -> Vec<Problem> {
        let mut problems = Vec::new();
        if let Some(column) = self.split_column
            && !columns.iter().any(|name| name == column)
        {
            problems.push(PartName::missing(column));
        }
        if self.rules.unknown == UnknownColumns::Refuse && !self.rules.ignored.contains("") {
            let nameless = columns
                .iter()
                .enumerate()
                .filter(|(_, name)| name.is_empty());
            problems.extend(nameless.map(|(index, _)| nameless_column(index + 1)));
        }
        if let Some((column, _)) = &self.rules.only
            && !columns.contains(column)
        {
            problems.push(Problem::of_field(
                column,
                "is missing, so no row can be chosen by it",
            ));
        }
        let columns = columns.iter().filter(|name| {
            let chosen_by = self.rules.only.as_ref().map(|(column, _)| column);
            chosen_by != Some(*name)
                && !self.rules.ignored.contains(*name)
                && self.split_column != Some(name.as_str())
        });
        let columns: Vec<String> = columns.cloned().collect();
        problems.extend(self.decoder.check_columns(&columns));
        problems
    }

    /// The row without the column that it is chosen by. `None` if it is not chosen.
    fn chosen(&self, mut row: RawRow) -> Result<Option<RawRow>, Vec<Problem>> {
        let Some((column, wanted)) = &self.rules.only else {
            return Ok(Some(row));
        };
        match row.remove(column) {
            Some(Value::String(cell)) => Ok((cell == *wanted).then_some(row)),
            Some(other) => Ok(wanted.eq(&other.to_string()).then_some(row)),
            None => Err(vec![Problem::of_field(
                column,
                "is missing, so it is not known whether the row is chosen",
            )]),
        }
    }

    fn load(&mut self, mut row: RawRow, line: usize) -> Result<LoadedRow<E>, Vec<Problem>> {
        let part = self.take_part(&mut row);
        for name in &self.rules.ignored {
            row.remove(name);
        }
        let (part, row) = match (part, self.decoder.decode(row)) {
            (Ok(part), Ok(row)) => (part, row),
            (part, row) => {
                let mut problems: Vec<Problem> = part.err().into_iter().collect();
                problems.extend(row.err().into_iter().flatten());
                return Err(problems);
            }
        };
        let (id, input) = self.identify(&row, line).map_err(|problem| vec![problem])?;
        let origin = RowOrigin::in_file(Arc::clone(&self.file), line);
        Ok(LoadedRow {
            part,
            row,
            place: RowPlace { origin, id, input },
        })
    }

    fn take_part(&self, row: &mut RawRow) -> Result<PartName, Problem> {
        match self.split_column {
            Some(column) => PartName::of(column, row.remove(column)),
            None => Ok(PartName::Train),
        }
    }

    /// The identity of a row, which must be new unless duplicates are allowed.
    fn identify(&mut self, row: &E, line: usize) -> Result<(ContentId, InputId), Problem> {
        let (id, input) = self.decoder.ids(row)?;
        let first = *self.first_lines.entry(id).or_insert(line);
        if first != line && self.rules.duplicates == Duplicates::Refuse {
            return Err(Problem::of_row(format!(
                "the row is equal to the one in line {first}; remove it, or load with \
                 `Loader::allow_duplicates`"
            )));
        }
        Ok((id, input))
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

    fn io(&self, cause: io::Error) -> DataError {
        DataError::Io {
            file: self.file.to_string(),
            cause,
        }
    }

    fn finish(self) -> Result<Vec<LoadedRow<E>>, DataError> {
        let file = self.file.to_string();
        self.problems.finish(|problems, total| DataError::Rows {
            file: file.clone(),
            problems,
            total,
        })?;
        if self.rows.is_empty() {
            return Err(match &self.rules.only {
                Some((column, value)) => DataError::NoneChosen {
                    file,
                    column: column.clone(),
                    value: value.clone(),
                },
                None => DataError::Empty { file },
            });
        }
        Ok(self.rows)
    }
}
