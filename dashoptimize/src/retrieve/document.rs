//! `Document`: a text of an index.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::error::IndexError;

/// The byte order mark that some editors put at the start of UTF-8 files.
const BOM: &[u8] = b"\xEF\xBB\xBF";

/// A text of an index, with an id and a source. A plain text is converted into a document without them.
///
/// ```
/// use dashoptimize::retrieve::{Document, Index};
///
/// let documents = [
///     Document::new("The kidneys filter the blood.").with_id("kidney").with_source("anatomy, p. 12"),
///     Document::new("Lungs take in oxygen.").with_id("lung"),
/// ];
/// let found = Index::bm25(documents)?.search("oxygen", 1)?;
/// assert_eq!(found[0].id, "lung");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Document {
    /// The id, which must be unique in the index. Default: the position in the index, from 0.
    #[serde(default, deserialize_with = "id")]
    pub id: Option<String>,
    /// The text that is searched and returned.
    pub text: String,
    /// Where the text comes from, such as a title or an address. The source is not searched.
    #[serde(default)]
    pub source: Option<String>,
}

impl Document {
    /// A document without an id and a source.
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            id: None,
            text: text.into(),
            source: None,
        }
    }

    /// Sets the id, which must be unique in the index.
    #[must_use]
    pub fn with_id(mut self, id: impl Into<String>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// Sets where the text comes from, such as a title or an address.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<String>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// Reads a file with one JSON object per line. Its property `text` is required; `id` (a text or an
    /// integer) and `source` are optional. Other properties and blank lines are ignored.
    ///
    /// ```no_run
    /// use dashoptimize::retrieve::{Document, Index, IndexError};
    ///
    /// let index = Index::bm25(Document::from_jsonl("library.jsonl")?)?;
    /// # Ok::<(), IndexError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns an error if the file cannot be read or a line is not such an object. No documents are
    /// returned in this case.
    pub fn from_jsonl(path: impl AsRef<Path>) -> Result<Vec<Self>, IndexError> {
        let path = path.as_ref();
        let file = |cause: io::Error| IndexError::File {
            path: path.to_owned(),
            cause,
        };
        let lines = BufReader::new(File::open(path).map_err(file)?).split(b'\n');
        let mut documents = Vec::new();
        for (number, line) in (1..).zip(lines) {
            let line = line.map_err(file)?;
            if let Some(document) = Self::of_line(&line) {
                documents.push(document.map_err(|cause| IndexError::Line {
                    path: path.to_owned(),
                    line: number,
                    cause,
                })?);
            }
        }
        Ok(documents)
    }

    fn of_line(line: &[u8]) -> Option<serde_json::Result<Self>> {
        let line = line.strip_prefix(BOM).unwrap_or(line).trim_ascii();
        (!line.is_empty()).then(|| {
            // Through a map, because serde would accept a list for the struct as well.
            let object: Map<String, Value> = serde_json::from_slice(line)?;
            serde_json::from_value(object.into())
        })
    }
}

impl From<&str> for Document {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl From<String> for Document {
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

    fn read(content: &[u8]) -> Result<Vec<Document>, IndexError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("texts.jsonl");
        fs::write(&path, content).unwrap();
        Document::from_jsonl(&path)
    }

    #[test]
    fn lines_become_documents() {
        let content = "\u{feff}{\"text\": \"a\"}\r\n\n{\"text\": \"b\", \"id\": 7, \"source\": \"s\"}\n\
                       {\"id\": \"x\", \"text\": \"\u{1f600}\", \"title\": 1}";
        let expected = [
            Document::new("a"),
            Document::new("b").with_id("7").with_source("s"),
            Document::new("\u{1f600}").with_id("x"),
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
            assert!(error.to_string().contains(problem), "{error}");
        }
    }

    #[test]
    fn a_file_that_is_not_there_is_named() {
        let error = Document::from_jsonl("no/such/file")
            .unwrap_err()
            .to_string();
        assert!(error.contains("no/such/file"), "{error}");
    }
}
