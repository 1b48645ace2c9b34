//! Why a run folder cannot be used.

use std::io;
use std::path::{Path, PathBuf};

use crate::error_text::debug_is_message;

/// A run folder that cannot be used.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
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
    /// An evaluation that took all replies from the journal gave other scores than before.
    #[error(
        "`{}` holds another run: the score of candidate {candidate} on the {part} rows was {before} and is \
         now {now}, with the same replies, so the metric or the code of the program has changed (or \
         differs from call to call); use another folder, or delete this one to start again",
        path.display()
    )]
    #[non_exhaustive]
    OtherScores {
        /// The folder.
        path: PathBuf,
        /// The number of the candidate; 0 is the program as given.
        candidate: u32,
        /// The part of the data.
        part: String,
        /// The score in an earlier attempt at the run.
        before: String,
        /// The score now. It may be the same if the scores of single rows differ.
        now: String,
    },
    /// The hold-out of the folder has been opened, and the verdict is final.
    #[error(
        "`{}` holds a run whose hold-out has been opened ({verdict}), and {why}; use another folder with \
         a new hold-out, or `Run::reopen_holdout` to judge on the same rows again, which the new verdict \
         will say",
        path.display()
    )]
    #[non_exhaustive]
    Judged {
        /// The folder.
        path: PathBuf,
        /// The verdict that was found.
        verdict: String,
        /// Why this attempt cannot end with that verdict.
        why: String,
    },
}

debug_is_message!(FolderError);

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
