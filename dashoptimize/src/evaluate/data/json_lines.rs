//! Rows from JSONL: one JSON object per line.

use std::io::{self, BufRead};

use serde_json::Value;
use serde_json::error::Category;

use super::error::Problem;
use super::raw_row::{Numbered, RawRow, Source};

/// The byte order mark that some editors put at the start of UTF-8 files.
const BOM: &[u8] = b"\xEF\xBB\xBF";

/// Reads line by line. Blank lines are skipped; LF, CRLF and a byte order mark are all fine.
pub(super) struct JsonLines<R> {
    reader: R,
    longest_line: usize,
    line: usize,
    buffer: Vec<u8>,
}

impl<R: BufRead> JsonLines<R> {
    pub(super) fn new(reader: R, longest_line: usize) -> Self {
        Self {
            reader,
            longest_line,
            line: 0,
            buffer: Vec::new(),
        }
    }

    /// Reads the next line into the buffer, without keeping more than the longest one allowed.
    fn read_line(&mut self) -> io::Result<Line> {
        self.buffer.clear();
        let (mut started, mut too_long) = (false, false);
        loop {
            let available = match self.reader.fill_buf() {
                Ok(available) => available,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            if available.is_empty() {
                break;
            }
            started = true;
            let newline = available.iter().position(|byte| *byte == b'\n');
            let part = &available[..newline.unwrap_or(available.len())];
            too_long |= self.buffer.len() + part.len() > self.longest_line;
            if !too_long {
                self.buffer.extend_from_slice(part);
            }
            let used = part.len() + usize::from(newline.is_some());
            self.reader.consume(used);
            if newline.is_some() {
                break;
            }
        }
        Ok(match (started, too_long) {
            (false, _) => Line::End,
            (true, true) => Line::TooLong,
            (true, false) => Line::Read,
        })
    }

    fn parse(&self) -> Option<Result<RawRow, Problem>> {
        let mut bytes = self.buffer.as_slice();
        if self.line == 1 {
            bytes = bytes.strip_prefix(BOM).unwrap_or(bytes);
        }
        if bytes.trim_ascii().is_empty() {
            return None;
        }
        Some(parse_object(bytes))
    }
}

enum Line {
    Read,
    TooLong,
    End,
}

impl<R: BufRead> Iterator for JsonLines<R> {
    type Item = io::Result<Numbered>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            self.line += 1;
            let row = match self.read_line() {
                Err(error) => return Some(Err(error)),
                Ok(Line::End) => return None,
                Ok(Line::TooLong) => Err(Problem::of_row(format!(
                    "the line is longer than {} bytes; raise `Loader::longest_line` if it is \
                     meant",
                    self.longest_line
                ))),
                Ok(Line::Read) => match self.parse() {
                    Some(row) => row,
                    None => continue,
                },
            };
            let line = self.line;
            return Some(Ok(Numbered { line, row }));
        }
    }
}

impl<R: BufRead> Source for JsonLines<R> {
    fn columns(&self) -> Option<&[String]> {
        None
    }
}

fn parse_object(bytes: &[u8]) -> Result<RawRow, Problem> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let byte = error.valid_up_to() + 1;
        Problem::of_row(format!("not UTF-8 from byte {byte} of the line on"))
    })?;
    match serde_json::from_str(text) {
        Ok(Value::Object(fields)) => Ok(RawRow::Json(fields)),
        Ok(other) => Err(Problem::of_row(format!(
            "a row must be a JSON object, not {}",
            kind(&other)
        ))),
        Err(error) => Err(Problem::of_row(syntax_problem(&error))),
    }
}

fn syntax_problem(error: &serde_json::Error) -> String {
    let byte = error.column();
    if error.classify() == Category::Eof {
        return format!(
            "the JSON is cut off after byte {byte}; each line must hold one whole object"
        );
    }
    let message = error.to_string();
    let place = format!(" at line {} column {byte}", error.line());
    let message = message.strip_suffix(&place).unwrap_or(&message);
    format!("not JSON at byte {byte}: {message}")
}

const fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a truth value",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
