//! Why a search stops early, and how a run ended.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::folder_error::FolderError;
use crate::lm::{JournalError, LmError, Refusal};
use crate::state::StateError;

/// Why a search stops early. Optimizers pass it on with `?`.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Stop {
    /// The budget is used up. That is a normal end: the best candidate so far is the result.
    #[error(transparent)]
    Budget(Refusal),
    /// More rollouts failed than the run allows. Everything that was paid for is in the run folder.
    #[error(
        "{count} rollouts failed, more than the {limit} that the run allows; the first: {}; fix \
         the cause and run again: nothing is paid twice (`Run::max_errors` sets the limit)",
        .first.join("; ")
    )]
    #[non_exhaustive]
    TooManyErrors {
        /// How many failed.
        count: usize,
        /// How many may fail.
        limit: usize,
        /// The first causes.
        first: Vec<String>,
    },
    /// The model fails in a way that every other call would meet too.
    #[error(transparent)]
    Provider(LmError),
    /// The journal cannot be written or read.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The run folder cannot be used.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The optimizer made a state that does not fit the program.
    #[error("bug in the optimizer: {0}")]
    State(#[from] StateError),
    /// The optimizer calls a model that [`Search::models`](super::Search::models) does not list.
    #[error(
        "bug in the optimizer: it calls the model `{0}`, which is not one of its \
         `Search::models`; nothing was sent"
    )]
    UndeclaredModel(String),
    /// The data or the settings do not allow the search.
    #[error("{0}")]
    Unusable(String),
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Ended {
    /// The optimizer was done.
    Done,
    /// The budget was used up.
    Budget(String),
}

impl fmt::Display for Ended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Done => f.write_str("done"),
            Self::Budget(limit) => f.write_str(limit),
        }
    }
}
