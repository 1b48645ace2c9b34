//! How one rollout ended.

use serde::{Deserialize, Serialize};

use super::score::Score;

/// How the run of a program on one example ended. An error is not a score.
///
/// The engine makes outcomes; [`Run::evaluate`](crate::engine::Run::evaluate) returns one for each
/// row, and a run folder holds them in `results/`, one per line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Outcome {
    /// The metric judged the prediction.
    Scored(Score),
    /// The program failed at its task: a reply could not be read as the outputs of the signature, or
    /// broke an `assert`.
    #[non_exhaustive]
    ParseFailed {
        /// What is wrong with the reply, and the reply.
        error: String,
    },
    /// The program failed at its task: its own code returned an error or panicked.
    #[non_exhaustive]
    ProgramFailed {
        /// What failed.
        error: String,
    },
    /// The model could not be called. This says nothing about the program.
    #[non_exhaustive]
    ProviderFailed {
        /// Why.
        error: String,
    },
    /// The metric returned an error or panicked. This says nothing about the program.
    #[non_exhaustive]
    MetricFailed {
        /// Why.
        error: String,
    },
    /// The budget did not allow a call of this rollout. This says nothing about the program.
    #[non_exhaustive]
    Refused {
        /// Which limit of the budget was reached.
        error: String,
    },
}

impl Outcome {
    /// The score by which programs are compared (failures count as 0).
    ///
    /// It is the metric's score; 0 if the program itself failed; and `None` if the provider, the
    /// metric or the budget failed, because that says nothing about the program.
    #[must_use]
    pub const fn score(&self) -> Option<f64> {
        match self {
            Self::Scored(score) => Some(score.value()),
            Self::ParseFailed { .. } | Self::ProgramFailed { .. } => Some(0.0),
            Self::ProviderFailed { .. } | Self::MetricFailed { .. } | Self::Refused { .. } => None,
        }
    }

    /// What the metric said, if it judged the prediction.
    #[must_use]
    pub const fn metric_score(&self) -> Option<&Score> {
        match self {
            Self::Scored(score) => Some(score),
            _ => None,
        }
    }

    /// What failed, unless the metric judged the prediction.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn i6_only_failures_of_the_program_score_zero() {
        let error = || "broken".to_owned();
        let failed = [
            (Outcome::ParseFailed { error: error() }, Some(0.0)),
            (Outcome::ProgramFailed { error: error() }, Some(0.0)),
            (Outcome::ProviderFailed { error: error() }, None),
            (Outcome::MetricFailed { error: error() }, None),
            (Outcome::Refused { error: error() }, None),
        ];
        for (outcome, score) in failed {
            assert_eq!(outcome.score(), score, "{outcome:?}");
            assert_eq!(outcome.metric_score(), None);
            assert_eq!(outcome.error(), Some("broken"));
        }
        let score = Score::new(0.5).expect("a finite number");
        let scored = Outcome::Scored(score.clone());
        assert_eq!(scored.score(), Some(0.5));
        assert_eq!(scored.metric_score(), Some(&score));
        assert_eq!(scored.error(), None);
    }
}
