//! Why a run folder cannot be used.

use std::io;
use std::path::{Path, PathBuf};

/// A run folder that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FolderError {
    /// A file cannot be read or written.
    #[error("cannot {what} `{}`: {reason}", path.display())]
    #[non_exhaustive]
    Io {
        /// What was tried: `read`, `write`, …
        what: &'static str,
        /// The file.
        path: PathBuf,
        /// Why it failed.
        reason: String,
    },
    /// The folder holds another run.
    #[error(
        "`{}` holds another run: {}; use another folder, or delete this one to start again",
        path.display(), differs.join("; ")
    )]
    #[non_exhaustive]
    OtherRun {
        /// The folder.
        path: PathBuf,
        /// What differs, such as `the seed differs (was 1, now 2)`.
        differs: Vec<String>,
    },
}

impl FolderError {
    /// What failed on this file.
    pub(super) fn io(what: &'static str, path: &Path) -> impl Fn(io::Error) -> Self + use<> {
        let path = path.to_owned();
        move |source| Self::Io {
            what,
            path: path.clone(),
            reason: source.to_string(),
        }
    }
}
