//! Reading a file line by line, with at most one line in memory.

use std::io::{self, BufRead};

/// The byte order mark that some editors put at the start of UTF-8 files.
const BOM: &[u8] = b"\xEF\xBB\xBF";

/// The lines of a file, counted from 1. A line ends with LF or CRLF; a byte order mark is skipped.
pub(super) struct Lines<R> {
    reader: R,
    longest: usize,
    number: usize,
}

/// How reading the next line ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LineRead {
    /// The line was read.
    Read,
    /// The line is longer than allowed; the rest of it was skipped.
    TooLong,
    /// The file has no further line.
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

    /// The number of the line that was read last.
    pub(super) const fn number(&self) -> usize {
        self.number
    }

    /// The largest number of bytes that a line may have.
    pub(super) const fn longest(&self) -> usize {
        self.longest
    }

    /// Appends the next line, with its line end, to the buffer. The buffer never grows beyond the
    /// longest line allowed.
    pub(super) fn read(&mut self, buffer: &mut Vec<u8>) -> io::Result<LineRead> {
        let start = buffer.len();
        let (mut line, mut ended) = (LineRead::End, false);
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
            if line == LineRead::TooLong || buffer.len() + part.len() > self.longest {
                line = LineRead::TooLong;
            } else {
                line = LineRead::Read;
                buffer.extend_from_slice(part);
            }
            ended = newline.is_some();
            let used = part.len();
            self.reader.consume(used);
        }
        self.number += usize::from(line != LineRead::End);
        if self.number == 1 && buffer[start..].starts_with(BOM) {
            buffer.drain(start..start + BOM.len());
        }
        Ok(line)
    }
}
