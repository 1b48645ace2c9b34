//! What a metric says of one prediction.

use std::collections::BTreeMap;
use std::fmt::Display;

use serde::{Deserialize, Serialize};

/// A metric's judgement of one prediction.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Score {
    /// How good, higher is better; by custom from 0 to 1. Always a finite number.
    value: f64,
    /// Why, in words that an optimizer can hand to a model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    feedback: Option<String>,
    /// Further numbers by name, for optimization on several objectives.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    objectives: BTreeMap<String, f64>,
}

impl Score {
    /// A score without feedback.
    ///
    /// # Errors
    ///
    /// Where the value is not a finite number: a mean over it would mean nothing.
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

    /// Adds why, in words. Default none.
    #[must_use]
    pub fn with_feedback(mut self, feedback: impl Into<String>) -> Self {
        self.feedback = Some(feedback.into());
        self
    }

    /// Adds a number under a name, in place of one of the same name. It does not change the score.
    #[must_use]
    pub fn with_objective(mut self, name: impl Into<String>, value: f64) -> Self {
        self.objectives.insert(name.into(), value);
        self
    }

    /// How good.
    #[must_use]
    pub const fn value(&self) -> f64 {
        self.value
    }

    /// Why.
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

/// A metric that could not judge. It is an outcome of its own, never a score of 0.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the metric failed: {message}")]
pub struct MetricError {
    message: String,
}

impl MetricError {
    /// A failure, in words.
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
        }
    }
}

/// What a metric may return: a verdict, a number, a number with feedback, a [`Score`], or a `Result`
/// of one of these.
pub trait IntoScore {
    /// The score.
    ///
    /// # Errors
    ///
    /// Where the metric failed or gave a number that is not finite.
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
