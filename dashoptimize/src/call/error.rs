//! Why a call of a program failed.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use super::Unanswered;
use crate::adapter::ParseError;
use crate::error_text::{debug_is_message, with_causes};
use crate::lm::LmError;
use crate::tool::ToolboxError;

/// A failed call of a program. Nothing that was paid for is lost: the error holds a reply that cannot be
/// read as the model wrote it.
#[derive(Clone)]
#[non_exhaustive]
pub enum CallError {
    /// The model could not be asked.
    Lm {
        /// Path of the predictor.
        predictor: String,
        /// Why.
        source: LmError,
    },
    /// The reply cannot be read as the signature's outputs, or fails an `assert`.
    Parse {
        /// Path of the predictor.
        predictor: String,
        /// What is missing or wrong, with the reply.
        source: Box<ParseError>,
    },
    /// The model's reply is not an answer, whatever its text says: it was cut, or the model refuses.
    Unanswered {
        /// Path of the predictor.
        predictor: String,
        /// What ended the reply.
        source: Box<Unanswered>,
    },
    /// The budget does not allow the call, so it was not made.
    Refused {
        /// Path of the predictor.
        predictor: String,
        /// Which limit would be exceeded.
        source: crate::lm::Refusal,
    },
    /// The prompt of an agent does not fit the model's context, even without its oldest steps.
    ContextOverflow {
        /// Path of the predictor.
        predictor: String,
        /// All steps so far.
        trajectory: String,
        /// What the model's provider says.
        source: Box<LmError>,
    },
    /// An agent used up its steps before it finished, and no answer could be made from them.
    NoAnswer {
        /// Path of the predictor.
        predictor: String,
        /// All steps.
        trajectory: String,
        /// What is missing or wrong in the answer, with the reply.
        source: Box<ParseError>,
    },
    /// The tools of an agent cannot be told apart. No model was called.
    Tools {
        /// What is wrong with them.
        source: ToolboxError,
    },
    /// The program's own code failed; see [`program`](Self::program).
    Program {
        /// What failed, in the words of the program.
        message: String,
    },
    /// A step that is not a call of a model failed, such as plain code in a pipeline; see
    /// [`step`](Self::step).
    Step {
        /// Path of the step.
        step: String,
        /// Why.
        source: Arc<dyn Error + Send + Sync>,
    },
    /// The journal of the run cannot be written or read. No more calls are made.
    Journal {
        /// What failed.
        source: crate::lm::JournalError,
    },
}

impl fmt::Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Self::Lm { predictor, .. }
        | Self::Parse { predictor, .. }
        | Self::Unanswered { predictor, .. }
        | Self::Refused { predictor, .. }
        | Self::ContextOverflow { predictor, .. }
        | Self::NoAnswer { predictor, .. } = self
        {
            write!(f, "predictor `{predictor}`: ")?;
        }
        match self {
            Self::Lm { source, .. } => source.fmt(f),
            Self::Parse { source, .. } => source.fmt(f),
            Self::Unanswered { source, .. } => source.fmt(f),
            Self::Refused { source, .. } => write!(f, "not called, {source}"),
            Self::ContextOverflow { source, .. } => {
                write!(f, "the steps so far make the prompt too long: {source}")
            }
            Self::NoAnswer { source, .. } => write!(
                f,
                "no answer, the steps were used up before it finished; {source}"
            ),
            Self::Tools { source } => source.fmt(f),
            Self::Program { message } => f.write_str(message),
            Self::Step { step, source } => write!(f, "step `{step}`: {}", with_causes(&**source)),
            Self::Journal { source } => source.fmt(f),
        }
    }
}

debug_is_message!(CallError);

/// The message includes all [causes](CallError::cause), so there is no source.
impl Error for CallError {}

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

    /// The error behind it, whose message is part of this one. `None` if the program's own code failed with a
    /// message.
    #[must_use]
    pub fn cause(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Lm { source, .. } => Some(source),
            Self::Parse { source, .. } | Self::NoAnswer { source, .. } => Some(&**source),
            Self::Unanswered { source, .. } => Some(&**source),
            Self::Refused { source, .. } => Some(source),
            Self::ContextOverflow { source, .. } => Some(&**source),
            Self::Tools { source } => Some(source),
            Self::Program { .. } => None,
            Self::Step { source, .. } => Some(&**source),
            Self::Journal { source } => Some(source),
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
