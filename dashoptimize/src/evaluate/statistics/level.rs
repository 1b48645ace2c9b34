//! The significance level of tests and intervals.

use statrs::distribution::{ContinuousCDF, Normal, StudentsT};

use crate::error_text::debug_is_message;

/// The significance level of a test: how often it may find an effect although there is none. An
/// interval of the same level contains the true value with a probability of `1 - alpha`.
///
/// Default: 0.05.
///
/// ```
/// use dashoptimize::evaluate::statistics::Alpha;
///
/// assert_eq!(Alpha::default().value(), 0.05);
/// assert!(Alpha::new(1.5).is_err());
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Alpha(f64);

impl Alpha {
    /// Makes a level above 0 and below 1.
    ///
    /// # Errors
    ///
    /// [`AlphaError`] if the value is not between 0 and 1, both excluded.
    pub fn new(alpha: f64) -> Result<Self, AlphaError> {
        if alpha > 0.0 && alpha < 1.0 {
            Ok(Self(alpha))
        } else {
            Err(AlphaError { alpha })
        }
    }

    /// The level as a number.
    #[must_use]
    pub const fn value(self) -> f64 {
        self.0
    }

    /// How many standard deviations an interval of this level extends to each side: 1.96 for 0.05.
    pub(crate) fn z(self) -> f64 {
        Normal::standard().inverse_cdf(1.0 - self.0 / 2.0)
    }

    /// The same for a mean of few values, whose spread is itself an estimate.
    pub(crate) fn t(self, freedom: usize) -> f64 {
        // With more, both agree to five digits, and the search for the quantile may not end.
        if freedom > 10_000 {
            return self.z();
        }
        StudentsT::new(0.0, 1.0, freedom.max(1) as f64)
            .map_or_else(|_| self.z(), |t| t.inverse_cdf(1.0 - self.0 / 2.0))
    }
}

/// 0.05.
impl Default for Alpha {
    fn default() -> Self {
        Self(0.05)
    }
}

/// The error of a significance level that is not between 0 and 1.
#[derive(Clone, Copy, PartialEq, thiserror::Error)]
#[error("the significance level must be between 0 and 1, such as 0.05, not {alpha}")]
#[non_exhaustive]
pub struct AlphaError {
    /// The value that was given.
    pub alpha: f64,
}

debug_is_message!(AlphaError);
