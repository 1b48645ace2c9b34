//! Rows from CSV: the first row names the fields.

use std::collections::HashSet;
use std::io::{self, BufRead};

use super::csv_cells::CsvCells;
use super::error::Problem;
use super::lines::{LineRead, Lines};
use super::raw_row::{NumberedRow, RawRow, RowSource};

/// Reads row by row, by the rules of RFC 4180: commas, double quotes, line breaks inside quotes.
/// Empty lines are skipped.
pub(super) struct CsvRows<R> {
    lines: Lines<R>,
    columns: Vec<String>,
    line: Vec<u8>,
    cells: CsvCells,
}

impl<R: BufRead> CsvRows<R> {
    /// Reads the header. If the file is empty, there are no columns.
    pub(super) fn new(lines: Lines<R>) -> io::Result<Result<Self, (usize, Vec<Problem>)>> {
        let mut rows = Self {
            lines,
            columns: Vec::new(),
            line: Vec::new(),
            cells: CsvCells::new(),
        };
        let Some((line, read)) = rows.read_row()? else {
            return Ok(Ok(rows));
        };
        let header = read.map_err(|problem| vec![problem]);
        Ok(match header.and_then(|()| columns(&rows.cells)) {
            Ok(columns) => Ok(Self { columns, ..rows }),
            Err(problems) => Err((line, problems)),
        })
    }

    /// Reads the lines of one row into its cells, and returns the number of the first line.
    fn read_row(&mut self) -> io::Result<Option<(usize, Result<(), Problem>)>> {
        self.cells.clear();
        let mut first = None;
        let mut length = 0;
        loop {
            self.line.clear();
            let read = self.lines.read(&mut self.line)?;
            let line = *first.get_or_insert(self.lines.number());
            length += self.line.len();
            return Ok(match read {
                LineRead::End if length == 0 => None,
                LineRead::End => Some((line, Err(open_quote()))),
                LineRead::TooLong => Some((line, Err(self.too_long()))),
                LineRead::Read if length > self.lines.longest() => {
                    Some((line, Err(self.too_long())))
                }
                LineRead::Read
                    if length == self.line.len() && self.line.trim_ascii().is_empty() =>
                {
                    (first, length) = (None, 0);
                    continue;
                }
                LineRead::Read if self.cells.read(&self.line) => continue,
                LineRead::Read => Some((line, self.cells.finish())),
            });
        }
    }

    fn too_long(&self) -> Problem {
        Problem::too_long(self.lines.longest())
    }

    fn row(&self) -> Result<RawRow, Problem> {
        let (found, wanted) = (self.cells.len(), self.columns.len());
        if found != wanted {
            return Err(Problem::of_row(format!(
                "the row has {found} cells, but the header has {wanted}; quote cells that hold \
                 commas or line breaks"
            )));
        }
        if found > 1
            && self
                .cells
                .iter()
                .eq(self.columns.iter().map(String::as_bytes))
        {
            return Err(Problem::of_row(
                "the row repeats the header; remove the line",
            ));
        }
        let cells = self.columns.iter().zip(self.cells.iter());
        cells
            .map(|(column, bytes)| Ok((column.clone(), utf8(column, bytes)?)))
            .collect::<Result<_, _>>()
            .map(RawRow::Cells)
    }
}

impl<R: BufRead> Iterator for CsvRows<R> {
    type Item = io::Result<NumberedRow>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.read_row() {
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

fn columns(header: &CsvCells) -> Result<Vec<String>, Vec<Problem>> {
    let (mut columns, mut problems) = (Vec::new(), Vec::new());
    let mut seen = HashSet::new();
    let mut cells = header.iter();
    if let (Some(only), None) = (cells.next(), cells.next())
        && let Some(sign) = only.iter().find(|byte| matches!(byte, b';' | b'\t'))
    {
        let sign = char::from(*sign);
        return Err(vec![Problem::of_row(format!(
            "the columns are separated by {sign:?}; save the file with commas"
        ))]);
    }
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
