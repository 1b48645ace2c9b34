//! Why there is no index.

use std::io;
use std::path::PathBuf;

use super::embedder::EmbedError;

/// Why an index could not be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IndexError {
    /// There is nothing that could be found.
    #[error("an index of no texts finds nothing; give it at least one text")]
    Empty,
    /// Two texts have the same id.
    #[error("two texts of the index have the id `{id}`; give each its own")]
    SameId {
        /// The id.
        id: String,
    },
    /// The texts have no vectors.
    #[error("the texts of the index could not be embedded")]
    Embed(#[from] EmbedError),
    /// A file of texts cannot be read.
    #[error("{} cannot be read", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A line of a file holds no text.
    #[error(
        "{}:{line} holds no text; a line must be an object such as {{\"id\": \"7\", \"text\": \"…\"}}",
        path.display()
    )]
    Line {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong with it.
        source: serde_json::Error,
    },
}
