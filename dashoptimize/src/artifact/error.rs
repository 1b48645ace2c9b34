//! Why an artifact cannot be read, written or installed.

use std::fmt;
use std::io;
use std::sync::Arc;

use super::format::FORMAT;
use crate::error_text::{debug_is_message, with_causes};

/// An artifact that cannot be read, written or installed. The program is unchanged.
#[derive(Clone, thiserror::Error)]
#[non_exhaustive]
pub enum ArtifactError {
    /// The file cannot be read or written.
    #[error("cannot {what} `{path}`: {}", with_causes(&**cause))]
    #[non_exhaustive]
    Io {
        /// `read` or `write`.
        what: &'static str,
        /// The file.
        path: String,
        /// Why.
        cause: Arc<io::Error>,
    },
    /// The text is not an artifact: broken JSON, a missing key, or an unknown key.
    #[error("`{origin}` is not an artifact of dashoptimize: {problem}")]
    #[non_exhaustive]
    Unreadable {
        /// The file.
        origin: String,
        /// What is wrong, with line and column.
        problem: String,
    },
    /// The file has a format that this version does not know.
    #[error(
        "`{origin}` is of format {found}, but this version of dashoptimize reads format {FORMAT}; \
         use the version that wrote the file, or tune again"
    )]
    #[non_exhaustive]
    Format {
        /// The file.
        origin: String,
        /// Its format.
        found: u64,
    },
    /// The file was tuned for another program, or the program has changed since.
    #[error("`{origin}` does not fit this program, so nothing of it is loaded{}", list(.misfits))]
    #[non_exhaustive]
    Misfit {
        /// The file.
        origin: String,
        /// Everything that does not fit.
        misfits: Vec<Misfit>,
    },
    /// The file would not read back as what is to be saved.
    #[error(
        "`{origin}` is not written, because it would not read back as it is: a temperature or \
         `top_p` that is not a finite number, or a demo that is nested too deeply"
    )]
    #[non_exhaustive]
    Unsavable {
        /// The file.
        origin: String,
    },
}

debug_is_message!(ArtifactError);

/// One thing in an artifact that does not fit the program.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Misfit {
    /// The path of the predictor.
    pub predictor: String,
    /// What does not fit, and in which demo or field if it is in one.
    pub problem: String,
}

impl Misfit {
    /// What does not fit at this predictor.
    pub fn new(predictor: impl Into<String>, problem: impl Into<String>) -> Self {
        Self {
            predictor: predictor.into(),
            problem: problem.into(),
        }
    }
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "predictor `{}`: {}", self.predictor, self.problem)
    }
}

fn list(misfits: &[Misfit]) -> String {
    match misfits {
        [one] => format!("; {one}"),
        many => many.iter().map(|misfit| format!("\n  {misfit}")).collect(),
    }
}

impl ArtifactError {
    pub(super) fn io(what: &'static str, path: &std::path::Path, cause: io::Error) -> Self {
        Self::Io {
            what,
            path: path.display().to_string(),
            cause: Arc::new(cause),
        }
    }
}
