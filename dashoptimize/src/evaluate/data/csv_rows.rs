//! Rows from CSV: the first row names the fields.

use std::collections::HashSet;
use std::io::{self, Read};

use csv::{ByteRecord, Reader, ReaderBuilder};

use super::error::Problem;
use super::raw_row::{Numbered, RawRow, Source};

/// Reads row by row, as RFC 4180 has it: comma, double quotes, line breaks inside quotes. A byte
/// order mark is fine, empty lines are skipped.
pub(super) struct CsvRows<R> {
    reader: Reader<R>,
    columns: Vec<String>,
    longest_row: usize,
    record: ByteRecord,
}

impl<R: Read> CsvRows<R> {
    /// Reads the header.
    pub(super) fn new(
        reader: R,
        longest_row: usize,
    ) -> io::Result<Result<Self, (usize, Vec<Problem>)>> {
        // Rows of another length are found here, so that the rows after them are read too.
        let mut reader = ReaderBuilder::new().flexible(true).from_reader(reader);
        let header = reader.byte_headers().map_err(to_io)?.clone();
        let line = line_of(&header);
        Ok(match columns(&header) {
            Ok(columns) => Ok(Self {
                reader,
                columns,
                longest_row,
                record: ByteRecord::new(),
            }),
            Err(problems) => Err((line, problems)),
        })
    }

    fn row(&self) -> Result<RawRow, Problem> {
        let (found, wanted) = (self.record.len(), self.columns.len());
        if found != wanted {
            return Err(Problem::of_row(format!(
                "the row has {found} cells, but the header has {wanted}; quote cells that hold \
                 commas or line breaks"
            )));
        }
        if self.record.as_slice().len() > self.longest_row {
            return Err(Problem::of_row(format!(
                "the row is longer than {} bytes; is a quote left open?",
                self.longest_row
            )));
        }
        let cells = self.columns.iter().zip(&self.record);
        cells
            .map(|(column, bytes)| Ok((column.clone(), utf8(column, bytes)?)))
            .collect::<Result<_, _>>()
            .map(RawRow::Cells)
    }
}

impl<R: Read> Iterator for CsvRows<R> {
    type Item = io::Result<Numbered>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.reader.read_byte_record(&mut self.record) {
            Ok(false) => None,
            Ok(true) => Some(Ok(Numbered {
                line: line_of(&self.record),
                row: self.row(),
            })),
            Err(error) => Some(Err(to_io(error))),
        }
    }
}

impl<R: Read> Source for CsvRows<R> {
    fn columns(&self) -> Option<&[String]> {
        Some(&self.columns)
    }
}

fn columns(header: &ByteRecord) -> Result<Vec<String>, Vec<Problem>> {
    let (mut columns, mut problems) = (Vec::new(), Vec::new());
    let mut seen = HashSet::new();
    for (index, bytes) in header.iter().enumerate() {
        match std::str::from_utf8(bytes) {
            Err(_) => problems.push(Problem::of_row(format!(
                "the name of column {} is not UTF-8",
                index + 1
            ))),
            Ok(name) => {
                let name = name.trim();
                if !seen.insert(name) {
                    problems.push(Problem::of_field(name, "names two columns"));
                }
                columns.push(name.to_owned());
            }
        }
    }
    if problems.is_empty() {
        Ok(columns)
    } else {
        Err(problems)
    }
}

fn utf8(column: &str, bytes: &[u8]) -> Result<String, Problem> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(text.to_owned()),
        Err(error) => Err(Problem::of_field(
            column,
            format!(
                "is not UTF-8 from byte {} of the cell on",
                error.valid_up_to() + 1
            ),
        )),
    }
}

fn line_of(record: &ByteRecord) -> usize {
    let line = record.position().map_or(1, csv::Position::line);
    usize::try_from(line).unwrap_or(usize::MAX)
}

fn to_io(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        // The reader is flexible and reads bytes: it has no other errors.
        other => io::Error::other(format!("{other:?}")),
    }
}
