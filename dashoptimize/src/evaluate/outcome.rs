//! How one rollout ended.

use serde::{Deserialize, Serialize};

use super::model_failure::{depends_on_request, model_failure};
use super::score::{MetricError, Score};
use super::score_range::ScoreRange;
use crate::call::CallError;

/// How the run of a program on one example ended. An error is not a score.
///
/// What depends on the program counts against it: its code, the requests that it makes, and what it
/// answers. Otherwise a program could gain by failing on the rows that it would get wrong. What
/// depends on the provider or on the budget says nothing about the program, and its row has no score.
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
    /// The program failed at its task: a reply was cut at the limit of tokens, or the model refused to
    /// answer.
    #[non_exhaustive]
    Unanswered {
        /// What ended the reply, and the reply.
        error: String,
    },
    /// The program failed at its task: its own code returned an error or panicked.
    #[non_exhaustive]
    ProgramFailed {
        /// What failed.
        error: String,
    },
    /// The program failed at its task: it made a request that the provider rejects because of what
    /// the request is. It is too long, its content is not allowed, or it is invalid.
    #[non_exhaustive]
    RequestFailed {
        /// Why.
        error: String,
    },
    /// The metric returned an error, panicked, or gave a score outside of its range. It did so on
    /// what this program answered, so this counts as a failure of the program.
    #[non_exhaustive]
    MetricFailed {
        /// Why.
        error: String,
    },
    /// A model, of the program or of the metric, could not be reached or did not answer. This says
    /// nothing about the program.
    #[non_exhaustive]
    ProviderFailed {
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
    /// The score by which programs are compared, if the metric has this range.
    ///
    /// It is the metric's score; the worst score of the range if the program failed, which includes
    /// its requests and what the metric made of its answer; and `None` if the provider or the budget
    /// failed, because that says nothing about the program.
    #[must_use]
    pub const fn score(&self, range: ScoreRange) -> Option<f64> {
        match self {
            Self::Scored(score) => Some(score.value()),
            Self::ParseFailed { .. }
            | Self::Unanswered { .. }
            | Self::ProgramFailed { .. }
            | Self::RequestFailed { .. }
            | Self::MetricFailed { .. } => Some(range.worst()),
            Self::ProviderFailed { .. } | Self::Refused { .. } => None,
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
            | Self::Unanswered { error }
            | Self::ProgramFailed { error }
            | Self::RequestFailed { error }
            | Self::MetricFailed { error }
            | Self::ProviderFailed { error }
            | Self::Refused { error } => Some(error),
        }
    }

    /// How a rollout ended whose program answered and whose metric, of this range, returned this.
    pub(crate) fn of_judgement(judged: Result<Score, MetricError>, range: ScoreRange) -> Self {
        match judged.and_then(Score::with_finite_objectives) {
            Ok(score) if range.contains(score.value()) => Self::Scored(score),
            Ok(score) => Self::MetricFailed {
                error: format!(
                    "the metric failed: the score {} is outside of its range, {range}; a metric \
                     with another range declares it by `with_range`",
                    score.value()
                ),
            },
            Err(error) if error.is_unavailable() => Self::ProviderFailed {
                error: error.to_string(),
            },
            Err(error) => Self::MetricFailed {
                error: error.to_string(),
            },
        }
    }

    /// How a rollout ended whose program returned this error.
    pub(crate) fn of_error(error: &CallError) -> Self {
        let words = error.to_string();
        match error {
            CallError::Refused { .. } => Self::Refused { error: words },
            CallError::Parse { .. } | CallError::NoAnswer { .. } => {
                Self::ParseFailed { error: words }
            }
            CallError::Unanswered { .. } => Self::Unanswered { error: words },
            CallError::Journal { .. } => Self::ProviderFailed { error: words },
            CallError::Lm { .. }
            | CallError::ContextOverflow { .. }
            | CallError::Tools { .. }
            | CallError::Program { .. }
            | CallError::Step { .. } => match model_failure(error) {
                Some(kind) if depends_on_request(kind) => Self::RequestFailed { error: words },
                Some(_) => Self::ProviderFailed { error: words },
                None => Self::ProgramFailed { error: words },
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::evaluate::IntoScore;
    use crate::lm::{ChatError, LmError, LmErrorKind};

    const OF_THE_REQUEST: [LmErrorKind; 4] = [
        LmErrorKind::InvalidRequest,
        LmErrorKind::Unsupported,
        LmErrorKind::ContextTooLong,
        LmErrorKind::ContentPolicy,
    ];

    const OF_THE_PROVIDER: [LmErrorKind; 10] = [
        LmErrorKind::RateLimited,
        LmErrorKind::Server,
        LmErrorKind::Timeout,
        LmErrorKind::Connection,
        LmErrorKind::Protocol,
        LmErrorKind::NotAReply,
        LmErrorKind::Auth,
        LmErrorKind::NotFound,
        LmErrorKind::Quota,
        LmErrorKind::Model,
    ];

    fn range() -> ScoreRange {
        ScoreRange::new(-1.0, 1.0).expect("a range")
    }

    fn call_error(kind: LmErrorKind) -> CallError {
        CallError::Lm {
            predictor: "answer".to_owned(),
            source: LmError::new(kind, "broken"),
        }
    }

    /// A step of a pipeline that calls a model itself may wrap its error.
    fn wrapped(kind: LmErrorKind) -> [CallError; 8] {
        let lm = || LmError::new(kind, "broken");
        let in_their_words = |error| CallError::step("search", Theirs(error));
        [
            CallError::step("search", call_error(kind)),
            CallError::step("search", lm()),
            CallError::step("search", ChatError::from(lm())),
            CallError::step("search", Box::new(call_error(kind))),
            CallError::step("search", Arc::new(lm())),
            in_their_words(Box::new(lm())),
            in_their_words(Box::new(call_error(kind))),
            in_their_words(Box::new(Theirs(Box::new(ChatError::from(lm()))))),
        ]
    }

    #[derive(Debug, thiserror::Error)]
    #[error("the search failed")]
    struct Theirs(#[source] Box<dyn std::error::Error + Send + Sync>);

    #[test]
    fn i6_only_failures_of_provider_and_budget_have_no_score() {
        let error = || "broken".to_owned();
        let worst = Some(-1.0);
        let failed = [
            (Outcome::ParseFailed { error: error() }, worst),
            (Outcome::Unanswered { error: error() }, worst),
            (Outcome::ProgramFailed { error: error() }, worst),
            (Outcome::RequestFailed { error: error() }, worst),
            (Outcome::MetricFailed { error: error() }, worst),
            (Outcome::ProviderFailed { error: error() }, None),
            (Outcome::Refused { error: error() }, None),
        ];
        for (outcome, score) in failed {
            assert_eq!(outcome.score(range()), score, "{outcome:?}");
            assert_eq!(outcome.metric_score(), None);
            assert_eq!(outcome.error(), Some("broken"));
        }
        let score = Score::new(0.5).expect("a finite number");
        let scored = Outcome::Scored(score.clone());
        assert_eq!(scored.score(range()), Some(0.5));
        assert_eq!(scored.metric_score(), Some(&score));
        assert_eq!(scored.error(), None);
    }

    #[test]
    fn i15_a_request_that_is_rejected_counts_against_the_program() {
        let overflow = |kind| CallError::ContextOverflow {
            predictor: "react".to_owned(),
            trajectory: String::new(),
            source: Box::new(LmError::new(kind, "broken")),
        };
        for kind in OF_THE_REQUEST {
            let direct = [call_error(kind), overflow(kind)];
            for error in direct.into_iter().chain(wrapped(kind)) {
                let outcome = Outcome::of_error(&error);
                let is_rejected = matches!(outcome, Outcome::RequestFailed { .. });
                assert!(is_rejected, "{kind:?}: {outcome:?}");
                assert_eq!(outcome.score(range()), Some(-1.0));
            }
        }
    }

    #[test]
    fn i6_a_provider_that_fails_says_nothing_about_the_program() {
        for kind in OF_THE_PROVIDER {
            for error in wrapped(kind).into_iter().chain([call_error(kind)]) {
                let outcome = Outcome::of_error(&error);
                let is_unknown = matches!(outcome, Outcome::ProviderFailed { .. });
                assert!(is_unknown, "{kind:?}: {outcome:?}");
            }
        }
    }

    #[test]
    fn i15_code_that_fails_counts_against_the_program() {
        let program = CallError::Program {
            message: "no such file".to_owned(),
        };
        let step = CallError::Step {
            step: "parse".to_owned(),
            source: Arc::new(std::fmt::Error),
        };
        for error in [program, step] {
            let outcome = Outcome::of_error(&error);
            let is_failed = matches!(outcome, Outcome::ProgramFailed { .. });
            assert!(is_failed, "{outcome:?}");
        }
    }

    #[test]
    fn i15_a_score_outside_of_the_range_is_a_metric_failure() {
        let judged = |score: f64| Outcome::of_judgement(Score::new(score), range());
        assert_eq!(judged(-1.0).score(range()), Some(-1.0));
        assert_eq!(judged(1.0).score(range()), Some(1.0));
        for outside in [1.5, -2.0, f64::NAN, f64::INFINITY] {
            let outcome = judged(outside);
            let is_failed = matches!(outcome, Outcome::MetricFailed { .. });
            assert!(is_failed, "{outside}");
            assert_eq!(outcome.score(range()), Some(-1.0));
        }
        assert_eq!(
            judged(1.5).error(),
            Some(
                "the metric failed: the score 1.5 is outside of its range, -1 to 1; a metric with \
                 another range declares it by `with_range`"
            )
        );
    }

    #[test]
    fn i6_a_judge_that_cannot_be_reached_says_nothing_about_the_program() {
        let judged =
            |error: Result<bool, CallError>| Outcome::of_judgement(error.into_score(), range());
        for kind in OF_THE_PROVIDER {
            for error in wrapped(kind).into_iter().chain([call_error(kind)]) {
                let outcome = judged(Err(error));
                let is_unknown = matches!(outcome, Outcome::ProviderFailed { .. });
                assert!(is_unknown, "{kind:?}: {outcome:?}");
            }
        }
        for kind in OF_THE_REQUEST {
            for error in wrapped(kind) {
                let outcome = judged(Err(error));
                let is_failed = matches!(outcome, Outcome::MetricFailed { .. });
                assert!(is_failed, "{kind:?}: {outcome:?}");
            }
        }
    }
}
