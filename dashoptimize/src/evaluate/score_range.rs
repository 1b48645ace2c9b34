//! The range of the scores that a metric gives.

use std::fmt;
use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

use crate::error_text::debug_is_message;

/// The worst and the best score that a metric can give.
///
/// Default: 0 to 1. A failure of the program has the worst score of the range, so that no program
/// gains by failing, and a score outside of the range is a failure of the metric.
///
/// ```
/// use dashoptimize::evaluate::ScoreRange;
///
/// let penalty = ScoreRange::new(-1.0, 0.0)?;
/// assert!(penalty.contains(-0.5) && !penalty.contains(1.0));
/// assert_eq!(ScoreRange::default(), ScoreRange::new(0.0, 1.0)?);
/// assert!(ScoreRange::new(1.0, 0.0).is_err());
/// # Ok::<(), dashoptimize::evaluate::ScoreRangeError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScoreRange {
    worst: f64,
    best: f64,
}

impl ScoreRange {
    /// Makes the range from the worst score to the best one; both belong to it.
    ///
    /// # Errors
    ///
    /// [`ScoreRangeError`] if the worst score is not below the best one, or if one of them or their
    /// difference is not a finite number.
    pub fn new(worst: f64, best: f64) -> Result<Self, ScoreRangeError> {
        let is_range = worst < best && (best - worst).is_finite();
        is_range
            .then_some(Self { worst, best })
            .ok_or(ScoreRangeError { worst, best })
    }

    /// The worst score.
    #[must_use]
    pub const fn worst(self) -> f64 {
        self.worst
    }

    /// The best score.
    #[must_use]
    pub const fn best(self) -> f64 {
        self.best
    }

    /// The difference of the best and the worst score.
    #[must_use]
    pub fn width(self) -> f64 {
        self.best - self.worst
    }

    /// The range of the difference of two scores.
    #[must_use]
    pub fn differences(self) -> RangeInclusive<f64> {
        -self.width()..=self.width()
    }

    /// Whether a metric of this range can give this score. NaN is in no range.
    #[must_use]
    pub fn contains(self, score: f64) -> bool {
        (self.worst..=self.best).contains(&score)
    }

    /// Whether scores are shares, and so are written as percentages.
    pub(super) fn is_unit(self) -> bool {
        self == Self::default()
    }

    /// The score as a share of the range: 0 for the worst and 1 for the best.
    pub(crate) fn share_of(self, score: f64) -> f64 {
        (score - self.worst) / self.width()
    }

    /// The score that is this share of the range.
    pub(super) fn at(self, share: f64) -> f64 {
        self.worst + share * self.width()
    }
}

/// 0 to 1.
impl Default for ScoreRange {
    fn default() -> Self {
        Self {
            worst: 0.0,
            best: 1.0,
        }
    }
}

/// For example `0 to 1`.
impl fmt::Display for ScoreRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} to {}", self.worst, self.best)
    }
}

/// The error of a range whose worst score is not below its best one.
#[derive(Clone, Copy, PartialEq, thiserror::Error)]
#[error("the worst score of a range must be a number below the best one, not {worst} and {best}")]
#[non_exhaustive]
pub struct ScoreRangeError {
    /// The worst score that was given.
    pub worst: f64,
    /// The best score that was given.
    pub best: f64,
}

debug_is_message!(ScoreRangeError);
