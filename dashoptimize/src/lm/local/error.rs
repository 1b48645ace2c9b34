//! Why the embedded model cannot be loaded.

use std::io;
use std::path::{Path, PathBuf};

use crate::error_text::{debug_is_message, with_causes};

/// Why the weights of a model cannot be found or loaded.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum LocalError {
    /// The weights are in none of the locations that were tried.
    #[error(
        "the weights of `{name}` were not found:\n{}\nput the {} into {}{hint}",
        list(tried),
        named(files),
        cache.display()
    )]
    NotFound {
        /// The name of the model.
        name: String,
        /// The names of the files that were looked for.
        files: Vec<String>,
        /// The folder in which files are found if you put them there yourself.
        cache: PathBuf,
        /// One line for each location that was tried, with the reason why it failed.
        tried: Vec<String>,
        /// What else can be done; empty if nothing.
        hint: &'static str,
    },
    /// The file cannot be read or written.
    #[error("cannot read or write {}: {}", path.display(), with_causes(cause))]
    Io {
        /// The file.
        path: PathBuf,
        /// The error of the operating system.
        cause: io::Error,
    },
    /// The file is damaged or is not a model file.
    #[error("{} is not a valid model file: {what}; use another file, or download it again", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        what: String,
    },
    /// The file is valid, but its model is of a kind that is not supported.
    #[error(
        "{} contains a model that is not supported: {what}; use a Llama or Qwen2 model with a \
         byte-level BPE tokenizer",
        path.display()
    )]
    Unsupported {
        /// The file.
        path: PathBuf,
        /// What is not supported.
        what: String,
    },
    /// The threads of the model cannot be started.
    #[error("cannot start the threads of the model: {0}")]
    Threads(String),
}

debug_is_message!(LocalError);

impl LocalError {
    /// Adds the path to an error of the operating system.
    pub(super) fn io(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        |cause| Self::Io { path, cause }
    }
}

fn list(tried: &[String]) -> String {
    let lines: Vec<_> = tried.iter().map(|line| format!("  - {line}")).collect();
    lines.join("\n")
}

fn named(files: &[String]) -> String {
    let noun = if files.len() == 1 { "file" } else { "files" };
    format!("{noun} `{}`", files.join("` and `"))
}

/// What is wrong with a file, before the path is added.
#[derive(Debug)]
pub(super) enum Flaw {
    /// See [`LocalError::Malformed`].
    Malformed(String),
    /// See [`LocalError::Unsupported`].
    Unsupported(String),
}

impl Flaw {
    pub(super) fn malformed(what: impl Into<String>) -> Self {
        Self::Malformed(what.into())
    }

    pub(super) fn unsupported(what: impl Into<String>) -> Self {
        Self::Unsupported(what.into())
    }

    /// Something of this name and kind is missing.
    pub(super) fn missing(kind: &str, name: &str) -> Self {
        Self::malformed(format!("it has no {kind} `{name}`"))
    }

    /// A matrix has another shape than the rest of the file implies.
    pub(super) fn shape(name: &str, found: &[usize], expected: &[usize]) -> Self {
        Self::malformed(format!(
            "the matrix `{name}` has the shape {found:?} instead of {expected:?}"
        ))
    }

    /// Adds the path of the file.
    pub(super) fn at(self, path: impl Into<PathBuf>) -> LocalError {
        let path = path.into();
        match self {
            Self::Malformed(what) => LocalError::Malformed { path, what },
            Self::Unsupported(what) => LocalError::Unsupported { path, what },
        }
    }
}
