//! The chance of a false alarm that one is willing to take.

use statrs::distribution::{ContinuousCDF, Normal, StudentsT};

/// The level of a test: how often it may see an effect where there is none. An interval of the
/// same level covers the truth in a share of `1 - alpha`.
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
    /// A level above 0 and below 1.
    ///
    /// # Errors
    ///
    /// Where the value is not between 0 and 1.
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

    /// How many standard deviations an interval of this level reaches to each side: 1.96 for 0.05.
    pub(crate) fn z(self) -> f64 {
        Normal::standard().inverse_cdf(1.0 - self.0 / 2.0)
    }

    /// The same for a mean of few values, whose spread is itself estimated.
    pub(crate) fn t(self, freedom: usize) -> f64 {
        // Beyond, the two agree to five digits, and the search for the quantile may not end.
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

/// A level that is none.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[error("the level must be between 0 and 1, such as 0.05, not {alpha}")]
pub struct AlphaError {
    /// What was given.
    pub alpha: f64,
}
