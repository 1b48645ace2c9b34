//! Quotes in CSV, checked byte by byte. The `csv` crate takes text behind a closing quote as part of the
//! cell, without the quote, and so changes what stands in the file.

use super::error::Problem;

/// Where in a row the bytes so far have led. Each byte is looked at once, however many lines a row has.
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

/// Checks the quotes of one row.
#[derive(Debug)]
pub(super) struct QuoteCheck {
    place: Place,
    column: usize,
    before: u8,
    problem: Option<Problem>,
}

impl QuoteCheck {
    pub(super) const fn new() -> Self {
        Self {
            place: Place::Start,
            column: 1,
            before: 0,
            problem: None,
        }
    }

    /// Looks at the next bytes of the row. Returns whether they end inside a cell in quotes.
    pub(super) fn read(&mut self, bytes: &[u8]) -> bool {
        for byte in bytes {
            self.step(*byte);
            self.before = *byte;
        }
        self.place == Place::Quoted
    }

    /// The first thing that is wrong in the row.
    pub(super) const fn take_problem(&mut self) -> Option<Problem> {
        self.problem.take()
    }

    fn step(&mut self, byte: u8) {
        self.place = match (self.place, byte) {
            (Place::Quoted, b'"') => Place::AfterQuote,
            (Place::Quoted, _) | (Place::AfterQuote, b'"') => Place::Quoted,
            (Place::Return, byte) if byte != b'\n' => {
                self.wrong("a line ends with a carriage return alone; save the file with LF or CRLF line ends");
                Place::Bare
            }
            (_, b',') => {
                self.column += 1;
                Place::Start
            }
            (_, b'\n') => Place::Start,
            (_, b'\r') => Place::Return,
            (Place::Start, b'"') if matches!(self.before, b' ' | b'\t') => {
                self.wrong("blanks stand before the opening quote of the cell; remove them");
                Place::Quoted
            }
            (Place::Start, b'"') => Place::Quoted,
            (Place::Start, b' ' | b'\t') => Place::Start,
            (Place::AfterQuote, _) => {
                self.wrong("text stands behind the closing quote of the cell; inside quotes, write a quote as `\"\"`");
                Place::Bare
            }
            (Place::Start | Place::Bare | Place::Return, _) => Place::Bare,
        };
    }

    fn wrong(&mut self, problem: &str) {
        let column = self.column;
        self.problem
            .get_or_insert_with(|| Problem::of_row(format!("column {column}: {problem}")));
    }
}
