//! The cells of one row of CSV, byte by byte.
//!
//! Text behind a closing quote, and the like, is refused here. The `csv` crate takes it as part of the
//! cell, without the quote, and so changes what stands in the file.

use super::error::Problem;

/// Where in a row the bytes so far have led.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// At the start of a cell, before or after some blanks.
    Start,
    /// In a cell without quotes around it.
    Bare,
    /// In a cell with quotes around it.
    Quoted,
    /// After a quote in such a cell, which closes it unless another quote follows.
    AfterQuote,
    /// After a carriage return outside of quotes.
    Return,
}

/// Reads the cells of a row. Each byte is looked at once, however many lines the row has.
#[derive(Debug)]
pub(super) struct CsvCells {
    place: Place,
    bytes: Vec<u8>,
    /// Where the cells end that have ended.
    ends: Vec<usize>,
    problem: Option<Problem>,
}

impl CsvCells {
    pub(super) const fn new() -> Self {
        Self {
            place: Place::Start,
            bytes: Vec::new(),
            ends: Vec::new(),
            problem: None,
        }
    }

    /// Starts the next row.
    pub(super) fn clear(&mut self) {
        self.place = Place::Start;
        self.bytes.clear();
        self.ends.clear();
        self.problem = None;
    }

    /// Reads the next line of the row. Returns whether it ends inside a cell in quotes.
    pub(super) fn read(&mut self, line: &[u8]) -> bool {
        for byte in line {
            self.step(*byte);
        }
        self.place == Place::Quoted
    }

    /// Ends the row.
    pub(super) fn finish(&mut self) -> Result<(), Problem> {
        self.ends.push(self.bytes.len());
        Problem::of_bytes(&self.bytes)?;
        match self.problem.take() {
            Some(problem) => Err(problem),
            None => Ok(()),
        }
    }

    pub(super) const fn len(&self) -> usize {
        self.ends.len()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &[u8]> {
        let starts = std::iter::once(&0).chain(&self.ends);
        starts
            .zip(&self.ends)
            .map(|(start, end)| &self.bytes[*start..*end])
    }

    fn step(&mut self, byte: u8) {
        self.place = match (self.place, byte) {
            (Place::Quoted, b'"') => Place::AfterQuote,
            (Place::Quoted, _) | (Place::AfterQuote, b'"') => self.push(byte, Place::Quoted),
            (Place::Return, byte) if byte != b'\n' => {
                self.wrong("a line ends with a carriage return alone; save the file with LF or CRLF line ends");
                Place::Bare
            }
            (_, b',') => {
                self.ends.push(self.bytes.len());
                Place::Start
            }
            (_, b'\n') => Place::Start,
            (_, b'\r') => Place::Return,
            (Place::Start, b'"') => {
                if self.bytes.len() > self.ends.last().copied().unwrap_or_default() {
                    self.wrong("blanks stand before the opening quote of the cell; remove them");
                }
                Place::Quoted
            }
            (Place::Start, b' ' | b'\t') => self.push(byte, Place::Start),
            (Place::AfterQuote, _) => {
                self.wrong("text stands behind the closing quote of the cell; inside quotes, write a quote as `\"\"`");
                Place::Bare
            }
            (Place::Start | Place::Bare | Place::Return, _) => self.push(byte, Place::Bare),
        };
    }

    fn push(&mut self, byte: u8, place: Place) -> Place {
        self.bytes.push(byte);
        place
    }

    fn wrong(&mut self, problem: &str) {
        let column = self.ends.len() + 1;
        self.problem
            .get_or_insert_with(|| Problem::of_row(format!("column {column}: {problem}")));
    }
}
