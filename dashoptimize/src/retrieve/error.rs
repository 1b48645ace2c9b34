//! `IndexError`: why an index cannot be made.

use std::io;
use std::path::PathBuf;

use super::embedder::EmbedError;
use crate::error_text::{debug_is_message, with_causes};

/// Why an index cannot be made.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum IndexError {
    /// There are no texts.
    #[error("an index needs at least one text")]
    Empty,
    /// Two texts have the same id.
    #[error("two texts of the index have the id `{id}`; ids must be unique")]
    SameId {
        /// The id.
        id: String,
    },
    /// The texts cannot be embedded.
    #[error("the texts of the index cannot be embedded: {0}")]
    Embed(EmbedError),
    /// A file of texts cannot be read.
    #[error("{} cannot be read: {}", path.display(), with_causes(cause))]
    File {
        /// The file.
        path: PathBuf,
        /// The error of the operating system.
        cause: io::Error,
    },
    /// A line of a file is not a document.
    #[error(
        "{}:{line} is not a document: {cause}; a line must be an object such as {{\"id\": \"7\", \"text\": \"…\"}}",
        path.display()
    )]
    Line {
        /// The file.
        path: PathBuf,
        /// The number of the line, from 1.
        line: usize,
        /// What is wrong with it.
        cause: serde_json::Error,
    },
}

debug_is_message!(IndexError);

impl From<EmbedError> for IndexError {
    fn from(error: EmbedError) -> Self {
        Self::Embed(error)
    }
}
