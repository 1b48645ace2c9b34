//! Why a search stops early, and how a run ended.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::folder_error::FolderError;
use super::reasons::Reasons;
use crate::error_text::debug_is_message;
use crate::lm::{JournalError, LmError, Refusal};
use crate::state::StateError;

/// Why a search stops early. Optimizers pass it on with `?`.
#[derive(Clone, thiserror::Error)]
#[non_exhaustive]
pub enum Stop {
    /// The budget is used up. That is a normal end: the best candidate so far is the result.
    #[error(transparent)]
    Budget(Refusal),
    /// More rollouts were left without an answer of the provider than the run tolerates. Every reply that
    /// was received is in the run folder.
    #[error(
        "the provider did not answer {}, more than the {limit} that the run tolerates: {reasons}; \
         run again when the cause is removed: replies that were received are not paid twice \
         (`Run::max_errors` sets the limit)",
        rollouts(reasons.count())
    )]
    #[non_exhaustive]
    TooManyErrors {
        /// How many the run tolerates.
        limit: usize,
        /// Why they were not answered.
        reasons: Reasons,
    },
    /// The first rollouts of the run all failed for the same kind of reason, so that there is nothing to
    /// compare and nothing to learn.
    #[error(
        "the run cannot work: {} failed and none was judged: {reasons}; run again when the cause \
         is removed",
        rollouts(reasons.count())
    )]
    #[non_exhaustive]
    CannotWork {
        /// Why they failed.
        reasons: Reasons,
    },
    /// The budget cannot suffice for a verdict. Where it is known before the first call, nothing was sent.
    #[error(
        "the budget of {limit} cannot end in a verdict: measuring the program as given and one candidate on \
         the validation part, and judging both by the hold-out, takes at least {needed}; give the run that \
         much, or fewer rows to `Splits`, or let it do without (`Run::without_verdict`)"
    )]
    #[non_exhaustive]
    BudgetTooSmall {
        /// The limit that is too low, such as `500 calls`.
        limit: String,
        /// The least that it would have to be, such as `620 calls`.
        needed: String,
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
    State(StateError),
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

debug_is_message!(Stop);

impl From<StateError> for Stop {
    fn from(error: StateError) -> Self {
        Self::State(error)
    }
}

impl Stop {
    pub(super) const fn cannot_work(reasons: Reasons) -> Self {
        Self::CannotWork { reasons }
    }
}

fn rollouts(count: usize) -> String {
    match count {
        1 => "1 rollout".to_owned(),
        _ => format!("{count} rollouts"),
    }
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
