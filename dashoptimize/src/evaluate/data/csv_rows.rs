//! Rows from CSV: the first row names the fields.

use std::collections::HashSet;
use std::io::{self, BufRead};

use csv::{ByteRecord, ReaderBuilder};

use super::csv_quotes::QuoteCheck;
use super::error::Problem;
use super::lines::{LineRead, Lines};
use super::raw_row::{NumberedRow, RawRow, RowSource};

/// Reads row by row, by the rules of RFC 4180: commas, double quotes, line breaks inside quotes.
/// Empty lines are skipped.
///
/// The lines are joined to rows here and not by the `csv` crate, whose line numbers are wrong after
/// CRLF and empty lines, and which would read on to the end of the file if a quote is not closed.
pub(super) struct CsvRows<R> {
    lines: Lines<R>,
    columns: Vec<String>,
    buffer: Vec<u8>,
    record: ByteRecord,
}

impl<R: BufRead> CsvRows<R> {
    /// Reads the header. If the file is empty, there are no columns.
    pub(super) fn new(lines: Lines<R>) -> io::Result<Result<Self, (usize, Vec<Problem>)>> {
        let mut rows = Self {
            lines,
            columns: Vec::new(),
            buffer: Vec::new(),
            record: ByteRecord::new(),
        };
        let Some((line, read)) = rows.read_record()? else {
            return Ok(Ok(rows));
        };
        let header = read.map_err(|problem| vec![problem]);
        Ok(match header.and_then(|()| columns(&rows.record)) {
            Ok(columns) => Ok(Self { columns, ..rows }),
            Err(problems) => Err((line, problems)),
        })
    }

    /// Reads the lines of one row into the record, and returns the number of the first line.
    fn read_record(&mut self) -> io::Result<Option<(usize, Result<(), Problem>)>> {
        self.buffer.clear();
        let mut quotes = QuoteCheck::new();
        let mut first = None;
        loop {
            let start = self.buffer.len();
            let read = self.lines.read(&mut self.buffer)?;
            let line = *first.get_or_insert(self.lines.number());
            return Ok(match read {
                LineRead::End if self.buffer.is_empty() => None,
                LineRead::End => Some((line, Err(open_quote()))),
                LineRead::TooLong => Some((line, Err(Problem::too_long(self.lines.longest())))),
                LineRead::Read if self.buffer.trim_ascii().is_empty() => {
                    self.buffer.clear();
                    first = None;
                    continue;
                }
                LineRead::Read if quotes.read(&self.buffer[start..]) => continue,
                LineRead::Read => Some((line, self.parse(&mut quotes))),
            });
        }
    }

    fn parse(&mut self, quotes: &mut QuoteCheck) -> Result<(), Problem> {
        Problem::of_bytes(&self.buffer)?;
        if let Some(problem) = quotes.take_problem() {
            return Err(problem);
        }
        let mut reader = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .buffer_capacity(self.buffer.len())
            .from_reader(self.buffer.as_slice());
        match reader.read_byte_record(&mut self.record) {
            Ok(_) => Ok(()),
            Err(error) => Err(Problem::of_row(format!("not CSV: {error}"))),
        }
    }

    fn row(&self) -> Result<RawRow, Problem> {
        let (found, wanted) = (self.record.len(), self.columns.len());
        if found != wanted {
            return Err(Problem::of_row(format!(
                "the row has {found} cells, but the header has {wanted}; quote cells that hold \
                 commas or line breaks"
            )));
        }
        let cells = self.columns.iter().zip(&self.record);
        cells
            .map(|(column, bytes)| Ok((column.clone(), utf8(column, bytes)?)))
            .collect::<Result<_, _>>()
            .map(RawRow::Cells)
    }
}

impl<R: BufRead> Iterator for CsvRows<R> {
    type Item = io::Result<NumberedRow>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.read_record() {
            Err(error) => Some(Err(error)),
            Ok(None) => None,
            Ok(Some((line, read))) => Some(Ok(NumberedRow {
                line,
                row: read.and_then(|()| self.row()),
            })),
        }
    }
}

fn open_quote() -> Problem {
    Problem::of_row("a quote is opened in this row and never closed")
}

impl<R: BufRead> RowSource for CsvRows<R> {
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
                // Columns without a name are reported unless they are skipped.
                if !seen.insert(name) && !name.is_empty() {
                    problems.push(Problem::of_field(name, "is the name of two columns"));
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
                "is not UTF-8 at byte {} of the cell",
                error.valid_up_to() + 1
            ),
        )),
    }
}
