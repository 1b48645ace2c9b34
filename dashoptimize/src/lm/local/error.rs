//! Why the embedded model could not be loaded.

use std::io;
use std::path::PathBuf;

/// Why weights could not be found or loaded.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LocalError {
    /// The weights are in none of the places where they can be.
    #[error(
        "the weights of `{name}` could not be had:\n{}\nput the {} into {}{hint}",
        list(tried),
        named(files),
        cache.display()
    )]
    NotFound {
        /// Name of the model.
        name: String,
        /// Names of the files that are looked for.
        files: Vec<String>,
        /// The folder in which files put by hand are found.
        cache: PathBuf,
        /// The places tried, and why each of them failed.
        tried: Vec<String>,
        /// What else can be done.
        hint: &'static str,
    },
    /// The file could not be read or written.
    #[error("cannot read or write {}; {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The file is not a whole file with a model in it.
    #[error("{} is not a sound model file: {what}; get a new copy of it", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        what: String,
    },
    /// The file is sound, but its model is of a kind that is not supported.
    #[error(
        "{} holds a model that is not supported: {what}; take a Llama or Qwen2 model with a \
         byte-level BPE tokenizer",
        path.display()
    )]
    Unsupported {
        /// The file.
        path: PathBuf,
        /// What is not supported.
        what: String,
    },
    /// The threads of the model could not be started.
    #[error("cannot start the threads of the model; {0}")]
    Threads(String),
}

fn list(tried: &[String]) -> String {
    let lines: Vec<_> = tried.iter().map(|line| format!("  - {line}")).collect();
    lines.join("\n")
}

fn named(files: &[String]) -> String {
    let noun = if files.len() == 1 { "file" } else { "files" };
    format!("{noun} `{}`", files.join("` and `"))
}

/// What is wrong with a file, before it is known by which path it was opened.
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

    pub(super) fn at(self, path: impl Into<PathBuf>) -> LocalError {
        let path = path.into();
        match self {
            Self::Malformed(what) => LocalError::Malformed { path, what },
            Self::Unsupported(what) => LocalError::Unsupported { path, what },
        }
    }
}
