//! The capital of a gambler who bets that a mean is larger than it is said to be.

use std::fmt;
use std::ops::RangeInclusive;

use super::super::Alpha;

use crate::error_text::debug_is_message;

/// So many gamblers share the capital, each with bets of another size.
const GAMBLERS: usize = 24;

/// Sums of values that are equal in exact arithmetic differ by less.
const ROUNDING: f64 = 1e-9;

/// The capital of several gamblers, each of whom bets a constant fraction of the largest bet that cannot
/// ruin. Their mean is the capital of a gambler who divides what he has among them, so it is fair if theirs
/// are. Unlike a single bet that follows the values seen so far, it is never far behind the best of these
/// fractions, however few the values are, and the order of the values does not matter.
#[derive(Clone, Debug)]
pub(super) struct Wealth {
    /// The logarithm of the capital of each gambler.
    logs: [f64; GAMBLERS],
    /// The null hypothesis cannot be true.
    is_refuted: bool,
}

impl Wealth {
    pub(super) const START: Self = Self {
        logs: [0.0; GAMBLERS],
        is_refuted: false,
    };

    /// Bets on a value that exceeded its expectation by this much, and could have fallen below it by as much
    /// as `at_risk`, both as the null hypothesis has it.
    pub(super) fn bet(&mut self, excess: f64, at_risk: f64) {
        if at_risk < -ROUNDING {
            // The value is expected to lie below all possible ones.
            self.refute();
        } else if at_risk > ROUNDING {
            let gain = (excess / at_risk).max(-1.0);
            for (log, fraction) in self.logs.iter_mut().zip(fractions()) {
                *log += (fraction * gain).ln_1p();
            }
        } else if excess > ROUNDING {
            // The value could only be the expected one and is not.
            self.refute();
        }
    }

    /// Notes that the null hypothesis cannot be true.
    pub(super) const fn refute(&mut self) {
        self.is_refuted = true;
    }

    pub(super) fn e_value(&self) -> EValue {
        match self.is_refuted {
            true => EValue::CERTAIN,
            false => EValue::mean(self.logs.iter().map(|log| EValue { log: *log })),
        }
    }
}

/// The fraction that each gambler bets. Small ones are close together, for small effects in many rows.
pub(super) fn fractions() -> impl Iterator<Item = f64> {
    (1..=GAMBLERS).map(|gambler| (gambler as f64 / GAMBLERS as f64).powi(2))
}

/// The evidence against a null hypothesis: by how much a fair gambler multiplied what he had. It is above
/// `1 / alpha` at any time with a probability of at most `alpha` if the null hypothesis holds.
///
/// ```
/// use dashoptimize::evaluate::statistics::{Alpha, EValue};
///
/// assert!(EValue::from_ln(3.1).rejects(Alpha::default()));
/// assert_eq!(EValue::from_ln(3.1).to_string(), "22.2");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct EValue {
    log: f64,
}

impl EValue {
    /// No evidence: 1.
    pub const NONE: Self = Self { log: 0.0 };

    /// The null hypothesis cannot be true.
    pub const CERTAIN: Self = Self { log: f64::INFINITY };

    /// The e-value of this natural logarithm.
    #[must_use]
    pub const fn from_ln(log: f64) -> Self {
        Self { log }
    }

    /// The natural logarithm, which is finite where the value itself would be too large for a number.
    #[must_use]
    pub const fn ln(self) -> f64 {
        self.log
    }

    /// The value; infinite if it is too large for a number.
    #[must_use]
    pub fn value(self) -> f64 {
        self.log.exp()
    }

    /// Whether a test of this level rejects the null hypothesis.
    #[must_use]
    pub fn rejects(self, alpha: Alpha) -> bool {
        self.log >= -alpha.value().ln()
    }

    /// The p-value, if this is the largest e-value so far.
    #[must_use]
    pub fn p_value(self) -> f64 {
        (-self.log).exp().min(1.0)
    }

    /// The mean of e-values, which is an e-value of whatever all of them are evidence against; 1 of none.
    ///
    /// This is how several tests of one hypothesis become one test without a correction.
    #[must_use]
    pub fn mean(values: impl IntoIterator<Item = Self>) -> Self {
        let logs: Vec<f64> = values.into_iter().map(Self::ln).collect();
        let largest = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        if logs.is_empty() {
            return Self::NONE;
        }
        if largest.is_infinite() {
            return Self { log: largest };
        }
        let sum: f64 = logs.iter().map(|log| (log - largest).exp()).sum();
        Self {
            log: largest + (sum / logs.len() as f64).ln(),
        }
    }

    /// The larger of the two.
    pub(super) fn max(self, other: Self) -> Self {
        if other > self { other } else { self }
    }

    /// Half of the value.
    pub(super) fn half(self) -> Self {
        Self {
            log: self.log - std::f64::consts::LN_2,
        }
    }
}

/// Three digits, or `certain`.
impl fmt::Display for EValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = self.value();
        match value {
            _ if self.log == f64::INFINITY => f.write_str("certain"),
            100_000.0.. => write!(f, "1e{:.0}", (self.log / std::f64::consts::LN_10).floor()),
            100.0.. => write!(f, "{value:.0}"),
            10.0.. => write!(f, "{value:.1}"),
            _ => write!(f, "{value:.2}"),
        }
    }
}

/// The error of a value that is outside of the range of a test.
#[derive(Clone, PartialEq, thiserror::Error)]
#[error("the value {value} is outside of the range of the test, {} to {}", range.start(), range.end())]
#[non_exhaustive]
pub struct OutOfRange {
    /// The value.
    pub value: f64,
    /// The range.
    pub range: RangeInclusive<f64>,
}

debug_is_message!(OutOfRange);

/// The value, if it is in the range. NaN is in no range.
pub(super) fn check(value: f64, range: &RangeInclusive<f64>) -> Result<(), OutOfRange> {
    match range.contains(&value) {
        true => Ok(()),
        false => Err(OutOfRange {
            value,
            range: range.clone(),
        }),
    }
}
