//! What a metric returns for one prediction.

use std::collections::BTreeMap;
use std::fmt::Display;

use serde::{Deserialize, Serialize};

/// A metric's judgement of one prediction: a number, and optionally feedback and further numbers.
///
/// ```
/// use dashoptimize::evaluate::Score;
///
/// let score = Score::new(0.5)?.with_feedback("the date is right, the amount is not");
/// assert_eq!(score.value(), 0.5);
/// # Ok::<(), dashoptimize::evaluate::MetricError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Score {
    /// Always a finite number.
    value: f64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    feedback: Option<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    objectives: BTreeMap<String, f64>,
}

impl Score {
    /// Makes a score without feedback. Higher is better; by convention a score is from 0 to 1.
    ///
    /// # Errors
    ///
    /// [`MetricError`] if the value is not a finite number, because a mean over it would mean nothing.
    pub fn new(value: f64) -> Result<Self, MetricError> {
        if value.is_finite() {
            Ok(Self {
                value,
                feedback: None,
                objectives: BTreeMap::new(),
            })
        } else {
            Err(MetricError::new(format!(
                "a score must be a finite number, not {value}"
            )))
        }
    }

    /// Adds the reason for the score, in words that an optimizer can show to a model. By default there
    /// is none.
    #[must_use]
    pub fn with_feedback(mut self, feedback: impl Into<String>) -> Self {
        self.feedback = Some(feedback.into());
        self
    }

    /// Adds a number with a name, for optimization on several objectives. It replaces an earlier
    /// number of the same name, and does not change the score itself.
    #[must_use]
    pub fn with_objective(mut self, name: impl Into<String>, value: f64) -> Self {
        self.objectives.insert(name.into(), value);
        self
    }

    /// How good the prediction is; higher is better.
    #[must_use]
    pub const fn value(&self) -> f64 {
        self.value
    }

    /// The reason for the score, in words.
    #[must_use]
    pub fn feedback(&self) -> Option<&str> {
        self.feedback.as_deref()
    }

    /// Further numbers by name.
    #[must_use]
    pub const fn objectives(&self) -> &BTreeMap<String, f64> {
        &self.objectives
    }
}

/// The error of a metric that could not judge a prediction. It leads to
/// [`Outcome::MetricFailed`](super::Outcome::MetricFailed), and not to a score of 0.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the metric failed: {message}")]
pub struct MetricError {
    message: String,
}

impl MetricError {
    /// Makes an error with a message.
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
        }
    }
}

/// What a metric may return: a `bool` (1 or 0), a number, a pair of one of these and feedback, a
/// [`Score`], or a `Result` of one of these.
pub trait IntoScore {
    /// Converts the value into a score.
    ///
    /// # Errors
    ///
    /// [`MetricError`] if the metric returned an error, or a number that is not finite.
    fn into_score(self) -> Result<Score, MetricError>;
}

impl IntoScore for Score {
    fn into_score(self) -> Result<Score, MetricError> {
        Ok(self)
    }
}

impl IntoScore for bool {
    fn into_score(self) -> Result<Score, MetricError> {
        Score::new(f64::from(u8::from(self)))
    }
}

impl IntoScore for f64 {
    fn into_score(self) -> Result<Score, MetricError> {
        Score::new(self)
    }
}

impl IntoScore for f32 {
    fn into_score(self) -> Result<Score, MetricError> {
        Score::new(f64::from(self))
    }
}

impl<V: IntoScore> IntoScore for (V, String) {
    fn into_score(self) -> Result<Score, MetricError> {
        Ok(self.0.into_score()?.with_feedback(self.1))
    }
}

impl<V: IntoScore> IntoScore for (V, &str) {
    fn into_score(self) -> Result<Score, MetricError> {
        Ok(self.0.into_score()?.with_feedback(self.1))
    }
}

impl<V: IntoScore, E: Display> IntoScore for Result<V, E> {
    fn into_score(self) -> Result<Score, MetricError> {
        self.map_err(|error| MetricError::new(error.to_string()))?
            .into_score()
    }
}
