//! What a metric returns for one prediction.

use std::any::Any;
use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Display;

use serde::{Deserialize, Serialize};

use super::model_failure::{depends_on_request, model_failure};
use crate::call::CallError;
use crate::error_text::debug_is_message;
use crate::lm::LmError;

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
    /// By path of the predictor that the words are about.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    feedback_for: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    objectives: BTreeMap<String, f64>,
}

impl Score {
    /// Makes a score without feedback. Higher is better. A score is from 0 to 1, unless the metric
    /// declares another range by [`Metric::with_range`](super::Metric::with_range).
    ///
    /// # Errors
    ///
    /// [`MetricError`] if the value is not a finite number, because a mean over it would mean nothing.
    pub fn new(value: f64) -> Result<Self, MetricError> {
        if value.is_finite() {
            Ok(Self {
                value,
                feedback: None,
                feedback_for: BTreeMap::new(),
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

    /// Adds what is to be said about the part of one predictor, by its path, in words that an optimizer can
    /// show to a model. It replaces earlier words about the same predictor. By default there are none, and
    /// the [feedback](Self::with_feedback) is about all predictors.
    ///
    /// ```
    /// use dashoptimize::evaluate::Score;
    ///
    /// let score = Score::new(0.0)?
    ///     .with_feedback("the answer is wrong")
    ///     .with_feedback_for("search", "the query misses the name of the town");
    /// assert_eq!(score.feedback_for("search"), Some("the query misses the name of the town"));
    /// assert_eq!(score.feedback_for("answer"), Some("the answer is wrong"));
    /// # Ok::<(), dashoptimize::evaluate::MetricError>(())
    /// ```
    #[must_use]
    pub fn with_feedback_for(
        mut self,
        predictor: impl Into<String>,
        feedback: impl Into<String>,
    ) -> Self {
        self.feedback_for.insert(predictor.into(), feedback.into());
        self
    }

    /// Adds a number with a name, for optimization on several objectives. It replaces an earlier
    /// number of the same name, and does not change the score itself. A number that is not finite makes the
    /// judgement fail.
    #[must_use]
    pub fn with_objective(mut self, name: impl Into<String>, value: f64) -> Self {
        self.objectives.insert(name.into(), value);
        self
    }

    /// The score, if all of its further numbers can be compared.
    pub(super) fn with_finite_objectives(self) -> Result<Self, MetricError> {
        let mut objectives = self.objectives.iter();
        match objectives.find(|(_, value)| !value.is_finite()) {
            Some((name, value)) => Err(MetricError::new(format!(
                "the objective `{name}` must be a finite number, not {value}"
            ))),
            None => Ok(self),
        }
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

    /// The reason for the score as far as this predictor is concerned: the words about it, or the words about
    /// all predictors.
    #[must_use]
    pub fn feedback_for(&self, predictor: &str) -> Option<&str> {
        let own = self.feedback_for.get(predictor).map(String::as_str);
        own.or(self.feedback.as_deref())
    }

    /// The words about single predictors, by path.
    #[must_use]
    pub const fn feedback_by_predictor(&self) -> &BTreeMap<String, String> {
        &self.feedback_for
    }

    /// Further numbers by name.
    #[must_use]
    pub const fn objectives(&self) -> &BTreeMap<String, f64> {
        &self.objectives
    }
}

/// The error of a metric that could not judge a prediction.
///
/// It leads to [`Outcome::MetricFailed`](super::Outcome::MetricFailed), which counts against the
/// program that made the prediction. If the metric is not able to judge any prediction at the moment,
/// for example because the server of a judge does not answer, the error is
/// [`unavailable`](Self::unavailable).
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[error("the metric failed: {message}")]
pub struct MetricError {
    message: String,
    is_unavailable: bool,
}

debug_is_message!(MetricError);

impl MetricError {
    /// Makes the error of a metric that could not judge this prediction.
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            is_unavailable: false,
        }
    }

    /// Makes the error of a metric that could not be asked. This says nothing about the prediction, so
    /// the row has no score.
    ///
    /// A metric that returns the [`CallError`] of a judge need not use it: a provider that fails is
    /// recognized.
    pub fn unavailable(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            is_unavailable: true,
        }
    }

    /// Whether the metric could not be asked, so that nothing is known about the prediction.
    #[must_use]
    pub const fn is_unavailable(&self) -> bool {
        self.is_unavailable
    }

    fn of(error: &(impl Display + 'static)) -> Self {
        let any: &dyn Any = error;
        if let Some(error) = any.downcast_ref::<Self>() {
            return error.clone();
        }
        let message = error.to_string();
        match as_error(any).and_then(model_failure) {
            Some(kind) if !depends_on_request(kind) => Self::unavailable(message),
            _ => Self::new(message),
        }
    }
}

/// The value as an error, if it is of a type that may hold a failed call to a model.
fn as_error(any: &dyn Any) -> Option<&(dyn Error + 'static)> {
    if let Some(error) = any.downcast_ref::<CallError>() {
        return Some(error);
    }
    if let Some(error) = any.downcast_ref::<LmError>() {
        return Some(error);
    }
    if let Some(error) = any.downcast_ref::<Box<dyn Error>>() {
        return Some(&**error);
    }
    let boxed = any.downcast_ref::<Box<dyn Error + Send + Sync>>()?;
    Some(&**boxed)
}

/// What a metric may return: a `bool` (1 or 0), a number, a pair of one of these and feedback, a
/// [`Score`], or a `Result` of one of these.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a score",
    label = "expected a bool, a number or a `Score`",
    note = "a number may stand in a pair with feedback, `(0.5, \"too long\")`, and all of these in a `Result`"
)]
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

impl<V: IntoScore, E: Display + 'static> IntoScore for Result<V, E> {
    fn into_score(self) -> Result<Score, MetricError> {
        self.map_err(|error| MetricError::of(&error))?.into_score()
    }
}
