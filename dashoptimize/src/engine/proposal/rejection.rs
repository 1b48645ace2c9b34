//! Why a proposal is turned away.

use serde::Serialize;

use crate::engine::component::Component;
use crate::error_text::debug_is_message;

/// Why a proposal is turned away. It is never a candidate and costs no evaluation. Observers hear of it in
/// [`Event::ProposalRejected`](crate::engine::Event::ProposalRejected), and it is a line of `events.jsonl`.
#[derive(Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(tag = "rule", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Rejection {
    /// The search may not change the text, so the proposer was not asked; see
    /// [`Study::stage_of`](crate::engine::Study::stage_of).
    #[error("the {component} is not to be changed")]
    #[non_exhaustive]
    Fixed {
        /// Which text.
        component: Component,
    },
    /// The proposer could not be asked, or its own code failed.
    #[error("the proposer gave no answer: {error}")]
    #[non_exhaustive]
    Unanswered {
        /// Why.
        error: String,
    },
    /// The reply of the proposer cannot be read.
    #[error("the proposal cannot be read: {error}")]
    #[non_exhaustive]
    Unreadable {
        /// What is missing or wrong, with the reply.
        error: String,
    },
    /// The proposer refuses to answer.
    #[error("the proposer refuses: {words}")]
    #[non_exhaustive]
    Refused {
        /// Its words.
        words: String,
    },
    /// The text is not all of what the proposer wanted to write.
    #[error("the proposal is cut off: {sign}")]
    #[non_exhaustive]
    CutOff {
        /// What shows it, such as a code fence that does not end.
        sign: String,
    },
    /// There is no text.
    #[error("no text is proposed for the {component}")]
    #[non_exhaustive]
    Empty {
        /// Of what.
        component: Component,
    },
    /// With the text, the program would be one that the run has had already.
    #[error("the program would be equal to {known}")]
    #[non_exhaustive]
    Known {
        /// Which it was, such as `candidate 3`.
        known: String,
    },
    /// The texts of the program would be too long; see
    /// [`artifact_tokens`](super::ProposalRules::artifact_tokens).
    #[error("the texts of the program would have {tokens} tokens, of which {ceiling} are allowed")]
    #[non_exhaustive]
    TooLong {
        /// How many tokens they would have.
        tokens: usize,
        /// How many are allowed.
        ceiling: usize,
    },
    /// The text contradicts the schema of the predictor, which no optimizer can change.
    #[error("the {component} would contradict the schema: {problem}")]
    #[non_exhaustive]
    ContradictsSchema {
        /// Which text.
        component: Component,
        /// What it says, and what the schema says.
        problem: String,
    },
    /// The text repeats a training row; see [`copied_chars`](super::ProposalRules::copied_chars).
    #[error(
        "the {component} would repeat {chars} characters or more of training row {row}: {start}…"
    )]
    #[non_exhaustive]
    CopiesRow {
        /// Which text.
        component: Component,
        /// The index of the training row.
        row: usize,
        /// How many characters are allowed.
        chars: usize,
        /// How the copy starts.
        start: String,
    },
}

debug_is_message!(Rejection);

impl Rejection {
    pub(in crate::engine) fn known(known: &str) -> Self {
        let known = known.to_owned();
        Self::Known { known }
    }

    /// The name of the rule in `events.jsonl`, such as `cut_off`.
    #[must_use]
    pub const fn rule(&self) -> &'static str {
        match self {
            Self::Fixed { .. } => "fixed",
            Self::Unanswered { .. } => "unanswered",
            Self::Unreadable { .. } => "unreadable",
            Self::Refused { .. } => "refused",
            Self::CutOff { .. } => "cut_off",
            Self::Empty { .. } => "empty",
            Self::Known { .. } => "known",
            Self::TooLong { .. } => "too_long",
            Self::ContradictsSchema { .. } => "contradicts_schema",
            Self::CopiesRow { .. } => "copies_row",
        }
    }
}
