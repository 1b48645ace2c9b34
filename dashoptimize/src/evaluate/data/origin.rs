//! Where a row came from.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

/// Where a row came from: a line of a file, or a position in a `Vec`.
///
/// It is displayed as `file:line`, or as `row 3` for the third row of a `Vec`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowOrigin {
    file: Option<Arc<str>>,
    line: usize,
}

impl RowOrigin {
    pub(super) const fn in_file(file: Arc<str>, line: usize) -> Self {
        Self {
            file: Some(file),
            line,
        }
    }

    pub(super) const fn in_memory(number: usize) -> Self {
        Self {
            file: None,
            line: number,
        }
    }

    /// The path of the file, or `None` for a row that was made in memory.
    #[must_use]
    pub fn file(&self) -> Option<&str> {
        self.file.as_deref()
    }

    /// The name of the file without its folders, which is the same on every machine. `None` for a row that
    /// was made in memory.
    #[must_use]
    pub fn file_name(&self) -> Option<&str> {
        Path::new(self.file()?).file_name()?.to_str()
    }

    /// The line in the file, or the position in the `Vec`, counted from 1.
    #[must_use]
    pub const fn line(&self) -> usize {
        self.line
    }
}

impl fmt::Display for RowOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.file {
            Some(file) => write!(f, "{file}:{}", self.line),
            None => write!(f, "row {}", self.line),
        }
    }
}
