//! Confidence intervals of a share and of a mean.

use serde::{Deserialize, Serialize};
use statrs::function::beta::beta_reg;

use super::Alpha;

/// A confidence interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Interval {
    /// The lower end.
    pub lower: f64,
    /// The upper end.
    pub upper: f64,
}

impl Interval {
    /// Whether the value is inside the interval or at one of its ends.
    #[must_use]
    pub fn contains(&self, value: f64) -> bool {
        self.lower <= value && value <= self.upper
    }

    /// The smallest interval that contains both.
    pub(crate) const fn hull(self, other: Self) -> Self {
        Self {
            lower: self.lower.min(other.lower),
            upper: self.upper.max(other.upper),
        }
    }

    /// The interval with both ends moved into the range of possible values.
    pub(crate) fn clamped_to(self, low: f64, high: f64) -> Self {
        Self {
            lower: self.lower.clamp(low, high),
            upper: self.upper.clamp(low, high),
        }
    }
}

/// The confidence interval of a share: Wilson's score interval (1927), which is reliable for few rows
/// and for shares near 0 and 1, too.
///
/// Returns `None` if `n` is 0 or less than `successes`.
///
/// ```
/// use dashoptimize::evaluate::statistics::{Alpha, wilson_interval};
///
/// // 81 of 263, from Newcombe (Statistics in Medicine 17, 1998, pages 857-872).
/// let interval = wilson_interval(81, 263, Alpha::default()).unwrap();
/// assert!((interval.lower - 0.2553).abs() < 1e-4);
/// assert!((interval.upper - 0.3662).abs() < 1e-4);
/// ```
#[must_use]
pub fn wilson_interval(successes: usize, n: usize, alpha: Alpha) -> Option<Interval> {
    if n == 0 || successes > n {
        return None;
    }
    let (p, n, z) = (successes as f64 / n as f64, n as f64, alpha.z());
    let shrink = 1.0 + z * z / n;
    let center = (p + z * z / (2.0 * n)) / shrink;
    let half = z * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt() / shrink;
    let interval = Interval {
        lower: center - half,
        upper: center + half,
    };
    Some(interval.clamped_to(0.0, 1.0))
}

/// The confidence interval of a share by Clopper & Pearson (1934): exact, so it contains the true share
/// at least as often as its level says, at the price of being wider than Wilson's.
///
/// Returns `None` if `n` is 0 or less than `successes`.
///
/// ```
/// use dashoptimize::evaluate::statistics::{Alpha, exact_share_interval};
///
/// // No loss in 30 rows: at most 12 % of all rows are losses (one-sided 97.5 %).
/// let losses = exact_share_interval(0, 30, Alpha::default()).unwrap();
/// assert!(losses.lower == 0.0 && (losses.upper - 0.1157).abs() < 1e-4);
/// ```
#[must_use]
pub fn exact_share_interval(successes: usize, n: usize, alpha: Alpha) -> Option<Interval> {
    if n == 0 || successes > n {
        return None;
    }
    let (hits, misses, tail) = (
        successes as f64,
        (n - successes) as f64,
        alpha.value() / 2.0,
    );
    let lower = match successes {
        0 => 0.0,
        _ => beta_quantile(hits, misses + 1.0, tail),
    };
    let upper = match n - successes {
        0 => 1.0,
        _ => beta_quantile(hits + 1.0, misses, 1.0 - tail),
    };
    Some(Interval { lower, upper })
}

/// By bisection, which always ends: the distribution function rises from 0 to 1.
fn beta_quantile(a: f64, b: f64, probability: f64) -> f64 {
    let (mut low, mut high) = (0.0, 1.0);
    // Each step gives one binary digit of the result.
    for _ in 0..f64::MANTISSA_DIGITS {
        let middle = f64::midpoint(low, high);
        if beta_reg(a, b, middle) < probability {
            low = middle;
        } else {
            high = middle;
        }
    }
    f64::midpoint(low, high)
}

/// The confidence interval of a mean by Student's t, from the number of values, their mean and their
/// standard deviation (with `n - 1` in the denominator).
///
/// Returns `None` for fewer than two values.
///
/// ```
/// use dashoptimize::evaluate::statistics::{Alpha, t_interval};
///
/// // t for 9 degrees of freedom is 2.262 (any table).
/// let interval = t_interval(10, 5.0, 1.0, Alpha::default()).unwrap();
/// assert!((interval.upper - (5.0 + 2.262 / 10_f64.sqrt())).abs() < 1e-3);
/// ```
#[must_use]
pub fn t_interval(n: usize, mean: f64, deviation: f64, alpha: Alpha) -> Option<Interval> {
    if n < 2 {
        return None;
    }
    let half = alpha.t(n - 1) * deviation / (n as f64).sqrt();
    Some(Interval {
        lower: mean - half,
        upper: mean + half,
    })
}
