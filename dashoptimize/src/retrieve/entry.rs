//! What an index is made of.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::error::IndexError;

/// The byte order mark that some editors put at the start of UTF-8 files.
const BOM: &[u8] = b"\xEF\xBB\xBF";

/// A text that can be found. Plain texts turn into entries by themselves.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Entry {
    /// Name of the text in its index. Default: its place there, from 0.
    #[serde(default, deserialize_with = "id")]
    pub id: Option<String>,
    /// What is searched and given back.
    pub text: String,
    /// Where the text comes from, such as a title or an address. It is not searched.
    #[serde(default)]
    pub source: Option<String>,
}

impl Entry {
    /// A text without a name.
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            id: None,
            text: text.into(),
            source: None,
        }
    }

    /// Sets the name.
    #[must_use]
    pub fn with_id(mut self, id: impl Into<String>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// Says where the text comes from.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<String>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// Reads a file with one JSON object a line: `text`, and if they are there `id` (a text or a
    /// whole number) and `source`. Other properties and blank lines are skipped.
    ///
    /// ```no_run
    /// use dashoptimize::retrieve::{Entry, Index, IndexError};
    ///
    /// let index = Index::bm25(Entry::from_jsonl("library.jsonl")?)?;
    /// # Ok::<(), IndexError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Where the file cannot be read, or a line is no such object. Nothing is half-loaded.
    pub fn from_jsonl(path: impl AsRef<Path>) -> Result<Vec<Self>, IndexError> {
        let path = path.as_ref();
        let file = |source: io::Error| IndexError::File {
            path: path.to_owned(),
            source,
        };
        let lines = BufReader::new(File::open(path).map_err(file)?).split(b'\n');
        let mut entries = Vec::new();
        for (number, line) in (1..).zip(lines) {
            let line = line.map_err(file)?;
            if let Some(entry) = Self::of_line(&line) {
                entries.push(entry.map_err(|source| IndexError::Line {
                    path: path.to_owned(),
                    line: number,
                    source,
                })?);
            }
        }
        Ok(entries)
    }

    fn of_line(line: &[u8]) -> Option<serde_json::Result<Self>> {
        let line = line.strip_prefix(BOM).unwrap_or(line).trim_ascii();
        (!line.is_empty()).then(|| {
            // By way of a map: serde takes a list for a struct as well.
            let object: Map<String, Value> = serde_json::from_slice(line)?;
            serde_json::from_value(object.into())
        })
    }
}

impl From<&str> for Entry {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl From<String> for Entry {
    fn from(text: String) -> Self {
        Self::new(text)
    }
}

fn id<'de, D: serde::Deserializer<'de>>(input: D) -> Result<Option<String>, D::Error> {
    match Value::deserialize(input)? {
        Value::Null => Ok(None),
        Value::String(id) => Ok(Some(id)),
        Value::Number(id) if id.is_i64() || id.is_u64() => Ok(Some(id.to_string())),
        other => Err(serde::de::Error::custom(format!(
            "`id` must be a text or a whole number, not {other}"
        ))),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn read(content: &[u8]) -> Result<Vec<Entry>, IndexError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("texts.jsonl");
        fs::write(&path, content).unwrap();
        Entry::from_jsonl(&path)
    }

    #[test]
    fn lines_become_entries() {
        let content = "\u{feff}{\"text\": \"a\"}\r\n\n{\"text\": \"b\", \"id\": 7, \"source\": \"s\"}\n\
                       {\"id\": \"x\", \"text\": \"\u{1f600}\", \"title\": 1}";
        let expected = [
            Entry::new("a"),
            Entry::new("b").with_id("7").with_source("s"),
            Entry::new("\u{1f600}").with_id("x"),
        ];
        assert_eq!(read(content.as_bytes()).unwrap(), expected);
        assert_eq!(read(b"").unwrap(), []);
    }

    #[test]
    fn a_bad_line_is_named() {
        for (content, problem) in [
            (
                &b"{\"text\": \"a\"}\n{\"body\": \"b\"}"[..],
                "missing field `text`",
            ),
            (b"\n{\"text\": 3}", "invalid type"),
            (
                b"\n{\"text\": \"a\", \"id\": 1.5}",
                "`id` must be a text or a whole number",
            ),
            (b"\n[null, \"a\", null]", "invalid type: sequence"),
            (b"\n{\"text\": \"\xFF\"}", "unicode"),
            (b"\n{\"text\": \"a\"", "EOF"),
        ] {
            let error = read(content).unwrap_err();
            assert!(matches!(error, IndexError::Line { line: 2, .. }), "{error}");
            let source = std::error::Error::source(&error).unwrap().to_string();
            assert!(source.contains(problem), "{source}");
        }
    }

    #[test]
    fn a_file_that_is_not_there_is_named() {
        let error = Entry::from_jsonl("no/such/file").unwrap_err().to_string();
        assert!(error.contains("no/such/file"), "{error}");
    }
}
