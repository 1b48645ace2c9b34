//! Rows from JSONL: one JSON object per line.

use std::io::{self, BufRead};

use serde_json::Value;
use serde_json::error::Category;

use super::error::Problem;
use super::lines::{LineRead, Lines};
use super::raw_row::{NumberedRow, RawRow, RowSource};
use crate::json::with_unique_keys;

/// Reads line by line. Blank lines are skipped.
pub(super) struct JsonLines<R> {
    lines: Lines<R>,
    buffer: Vec<u8>,
}

impl<R: BufRead> JsonLines<R> {
    pub(super) const fn new(lines: Lines<R>) -> Self {
        Self {
            lines,
            buffer: Vec::new(),
        }
    }
}

impl<R: BufRead> Iterator for JsonLines<R> {
    type Item = io::Result<NumberedRow>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            self.buffer.clear();
            let row = match self.lines.read(&mut self.buffer) {
                Err(error) => return Some(Err(error)),
                Ok(LineRead::End) => return None,
                Ok(LineRead::TooLong) => Err(Problem::too_long(self.lines.longest())),
                Ok(LineRead::Read) => match self.buffer.trim_ascii_end() {
                    blank if blank.trim_ascii().is_empty() => continue,
                    line => parse_object(line),
                },
            };
            let line = self.lines.number();
            return Some(Ok(NumberedRow { line, row }));
        }
    }
}

impl<R: BufRead> RowSource for JsonLines<R> {
    fn columns(&self) -> Option<&[String]> {
        None
    }
}

fn parse_object(bytes: &[u8]) -> Result<RawRow, Problem> {
    Problem::of_bytes(bytes)?;
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let byte = error.valid_up_to() + 1;
        Problem::of_row(format!("not UTF-8 at byte {byte} of the line"))
    })?;
    match with_unique_keys(text) {
        Ok(Value::Object(fields)) => Ok(RawRow::Json(fields)),
        Ok(other) => Err(Problem::of_row(format!(
            "a row must be a JSON object, not {}",
            kind(&other)
        ))),
        Err(_) if has_lone_return(text) => Err(Problem::of_row(
            "lines end with a carriage return alone; save the file with LF or CRLF line ends",
        )),
        Err(error) => Err(Problem::of_row(syntax_problem(&error))),
    }
}

fn has_lone_return(text: &str) -> bool {
    let mut returns = text.match_indices('\r');
    returns.any(|(at, _)| !text[at + 1..].starts_with('\n'))
}

fn syntax_problem(error: &serde_json::Error) -> String {
    let byte = error.column();
    if error.classify() == Category::Eof {
        return format!(
            "the JSON ends too early, after byte {byte}; each line must hold one whole object"
        );
    }
    let message = error.to_string();
    let place = format!(" at line {} column {byte}", error.line());
    let message = message.strip_suffix(&place).unwrap_or(&message);
    if error.classify() == Category::Data {
        return format!("at byte {byte}: {message}");
    }
    format!("not JSON at byte {byte}: {message}")
}

const fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}
