//! Why a call of a program failed.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use super::Unanswered;
use crate::adapter::ParseError;
use crate::lm::LmError;
use crate::tool::ToolboxError;

/// A failed call of a program. Nothing that was paid for is lost: the error holds a reply that cannot be
/// read as the model wrote it.
#[derive(Clone, thiserror::Error)]
#[non_exhaustive]
pub enum CallError {
    /// The model could not be asked.
    #[error("predictor `{predictor}`: {source}")]
    Lm {
        /// Path of the predictor.
        predictor: String,
        /// Why.
        source: LmError,
    },
    /// The reply cannot be read as the signature's outputs, or fails an `assert`.
    #[error("predictor `{predictor}`: {source}")]
    Parse {
        /// Path of the predictor.
        predictor: String,
        /// What is missing or wrong, with the reply.
        source: Box<ParseError>,
    },
    /// The model's reply is not an answer, whatever its text says: it was cut, or the model refuses.
    #[error("predictor `{predictor}`: {source}")]
    Unanswered {
        /// Path of the predictor.
        predictor: String,
        /// What ended the reply.
        source: Box<Unanswered>,
    },
    /// The budget does not allow the call, so it was not made.
    #[error("predictor `{predictor}`: not called, {source}")]
    Refused {
        /// Path of the predictor.
        predictor: String,
        /// Which limit would be exceeded.
        source: crate::lm::Refusal,
    },
    /// The prompt of an agent does not fit the model's context, even without its oldest steps.
    #[error("predictor `{predictor}`: the steps so far make the prompt too long: {source}")]
    ContextOverflow {
        /// Path of the predictor.
        predictor: String,
        /// All steps so far.
        trajectory: String,
        /// What the model's provider says.
        source: Box<LmError>,
    },
    /// An agent used up its steps before it finished, and no answer could be made from them.
    #[error(
        "predictor `{predictor}`: no answer, the steps were used up before it finished; {source}"
    )]
    NoAnswer {
        /// Path of the predictor.
        predictor: String,
        /// All steps.
        trajectory: String,
        /// What is missing or wrong in the answer, with the reply.
        source: Box<ParseError>,
    },
    /// The tools of an agent cannot be told apart. No model was called.
    #[error(transparent)]
    Tools {
        /// What is wrong with them.
        source: ToolboxError,
    },
    /// The program's own code failed; see [`program`](Self::program).
    #[error("{message}")]
    Program {
        /// What failed, in the words of the program.
        message: String,
    },
    /// A step that is not a call of a model failed, such as plain code in a pipeline; see
    /// [`step`](Self::step).
    #[error("step `{step}`: {source}")]
    Step {
        /// Path of the step.
        step: String,
        /// Why.
        source: Arc<dyn Error + Send + Sync>,
    },
    /// The journal of the run cannot be written or read. No more calls are made.
    #[error(transparent)]
    Journal {
        /// What failed.
        source: crate::lm::JournalError,
    },
}

/// Shows the message, because that is what an error which `main` returns is printed with.
impl fmt::Debug for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl CallError {
    /// An error of a program that is written by hand.
    pub fn program(message: impl Into<String>) -> Self {
        Self::Program {
            message: message.into(),
        }
    }

    /// An error of the step at this path, which is not a call of a model.
    pub fn step(step: impl Into<String>, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Step {
            step: step.into(),
            source: Arc::from(source.into()),
        }
    }

    /// Whether no other call of the run could succeed either: the budget is used up, the journal cannot be
    /// written, or the key is refused. Nothing should be tried in place of the call that failed.
    #[must_use]
    pub const fn ends_the_run(&self) -> bool {
        match self {
            Self::Refused { .. } | Self::Journal { .. } => true,
            Self::Lm { source, .. } => source.kind().is_fatal(),
            Self::Parse { .. }
            | Self::Unanswered { .. }
            | Self::ContextOverflow { .. }
            | Self::NoAnswer { .. }
            | Self::Tools { .. }
            | Self::Program { .. }
            | Self::Step { .. } => false,
        }
    }
}
