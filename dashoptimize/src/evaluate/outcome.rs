//! How one rollout ended.

use serde::{Deserialize, Serialize};

use super::score::Score;

/// How the run of a program on one example ended. An error is not a score.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// The metric judged the prediction.
    Scored(Score),
    /// A reply could not be read as the signature's outputs, or broke an `assert`. The program
    /// failed at its task.
    ParseFailed {
        /// What is wrong, with the reply.
        error: String,
    },
    /// The program's own code failed.
    ProgramFailed {
        /// What failed.
        error: String,
    },
    /// The model could not be asked. It says nothing about the program.
    ProviderFailed {
        /// Why.
        error: String,
    },
    /// The metric failed. It says nothing about the program.
    MetricFailed {
        /// Why.
        error: String,
    },
    /// The budget did not allow a call of this rollout.
    Refused {
        /// What is used up.
        error: String,
    },
}

impl Outcome {
    /// The score, where there is one.
    #[must_use]
    pub const fn score(&self) -> Option<&Score> {
        match self {
            Self::Scored(score) => Some(score),
            _ => None,
        }
    }

    /// What the rollout is worth to whoever uses the program: its score; 0 where the program itself
    /// failed to answer; nothing can be said (`None`) where provider, metric or budget failed.
    #[must_use]
    pub const fn worth(&self) -> Option<f64> {
        match self {
            Self::Scored(score) => Some(score.value()),
            Self::ParseFailed { .. } | Self::ProgramFailed { .. } => Some(0.0),
            Self::ProviderFailed { .. } | Self::MetricFailed { .. } | Self::Refused { .. } => None,
        }
    }

    /// What failed, where something did.
    #[must_use]
    pub fn error(&self) -> Option<&str> {
        match self {
            Self::Scored(_) => None,
            Self::ParseFailed { error }
            | Self::ProgramFailed { error }
            | Self::ProviderFailed { error }
            | Self::MetricFailed { error }
            | Self::Refused { error } => Some(error),
        }
    }
}
