//! Reading a file line by line, without keeping more of it than a line.

use std::io::{self, BufRead};

/// The byte order mark that some editors put at the start of UTF-8 files.
const BOM: &[u8] = b"\xEF\xBB\xBF";

/// The lines of a file, counted from 1. LF and CRLF end a line; a byte order mark is skipped.
pub(super) struct Lines<R> {
    reader: R,
    longest: usize,
    number: usize,
}

/// What the next line turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// It was read.
    Read,
    /// It is longer than allowed; the rest of it was skipped.
    TooLong,
    /// There is none.
    End,
}

impl<R: BufRead> Lines<R> {
    pub(super) const fn new(reader: R, longest: usize) -> Self {
        Self {
            reader,
            longest,
            number: 0,
        }
    }

    /// Number of the line that was read last.
    pub(super) const fn number(&self) -> usize {
        self.number
    }

    /// Most bytes that a line may have.
    pub(super) const fn longest(&self) -> usize {
        self.longest
    }

    /// Adds the next line to the buffer, its line end included. The buffer never grows beyond the
    /// longest line allowed.
    pub(super) fn read(&mut self, buffer: &mut Vec<u8>) -> io::Result<Line> {
        let start = buffer.len();
        let (mut line, mut ended) = (Line::End, false);
        while !ended {
            let available = match self.reader.fill_buf() {
                Ok(available) => available,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            if available.is_empty() {
                break;
            }
            let newline = available.iter().position(|byte| *byte == b'\n');
            let part = &available[..newline.map_or(available.len(), |newline| newline + 1)];
            if line == Line::TooLong || buffer.len() + part.len() > self.longest {
                line = Line::TooLong;
            } else {
                line = Line::Read;
                buffer.extend_from_slice(part);
            }
            ended = newline.is_some();
            let used = part.len();
            self.reader.consume(used);
        }
        self.number += usize::from(line != Line::End);
        if self.number == 1 && buffer[start..].starts_with(BOM) {
            buffer.drain(start..start + BOM.len());
        }
        Ok(line)
    }
}
