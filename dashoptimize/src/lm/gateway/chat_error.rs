//! Why a call got no reply.

use super::budget::Refusal;
use super::journal::JournalError;
use crate::error_text::debug_is_message;
use crate::lm::error::LmError;

/// A call that got no reply.
#[derive(Clone, thiserror::Error)]
#[non_exhaustive]
pub enum ChatError {
    /// The model gave no reply, after all attempts.
    #[error(transparent)]
    Lm(#[from] LmError),
    /// The budget does not allow the call. It was not made.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The journal cannot be written or read.
    #[error(transparent)]
    Journal(#[from] JournalError),
}

debug_is_message!(ChatError);
