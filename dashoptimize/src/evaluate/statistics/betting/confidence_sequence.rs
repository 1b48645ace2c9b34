//! The interval of a mean that may be looked at after every value.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use super::super::{Alpha, Interval};
use super::wealth::{EValue, OutOfRange, check, fractions};

/// Halvings of an interval. Each gives one binary digit of its end.
const HALVINGS: u32 = 50;

/// The confidence interval of the mean of a stream of values in a known range, at any time: all intervals
/// together contain the mean with a probability of `1 - alpha`, so one may look after every value and stop
/// when the interval is narrow enough. It holds exactly those means that a [`BettingTest`](super::BettingTest)
/// of the same values does not reject now.
///
/// It keeps each different value once, with how often it was seen.
///
/// ```
/// use dashoptimize::evaluate::statistics::{Alpha, ConfidenceSequence};
///
/// let mut mean = ConfidenceSequence::new(0.0..=1.0, Alpha::default());
/// for row in 0..1_000 {
///     mean.observe(f64::from(u8::from(row % 10 < 7)))?;
/// }
/// let interval = mean.interval();
/// assert!(0.6 < interval.lower && interval.lower < 0.7 && 0.7 < interval.upper && interval.upper < 0.8);
/// # Ok::<(), dashoptimize::evaluate::statistics::OutOfRange>(())
/// ```
#[derive(Clone, Debug)]
pub struct ConfidenceSequence {
    range: RangeInclusive<f64>,
    alpha: Alpha,
    sum: f64,
    values: u64,
    counts: BTreeMap<SeenValue, u64>,
}

impl ConfidenceSequence {
    /// For values in this range. Before the first value, the interval is the whole range.
    #[must_use]
    pub const fn new(range: RangeInclusive<f64>, alpha: Alpha) -> Self {
        Self {
            range,
            alpha,
            sum: 0.0,
            values: 0,
            counts: BTreeMap::new(),
        }
    }

    /// Adds the next value.
    ///
    /// # Errors
    ///
    /// If the value is not in the range. Then it is not added.
    pub fn observe(&mut self, value: f64) -> Result<(), OutOfRange> {
        check(value, &self.range)?;
        self.sum += value;
        self.values += 1;
        *self.counts.entry(SeenValue(value)).or_default() += 1;
        Ok(())
    }

    /// The mean of the values so far. `None` before the first.
    #[must_use]
    pub fn mean(&self) -> Option<f64> {
        (self.values > 0).then(|| self.sum / self.values as f64)
    }

    /// The interval now.
    #[must_use]
    pub fn interval(&self) -> Interval {
        let (low, high) = (*self.range.start(), *self.range.end());
        let Some(mean) = self.mean() else {
            return Interval {
                lower: low,
                upper: high,
            };
        };
        let mean = mean.clamp(low, high);
        Interval {
            lower: self.end(low, mean, 1.0),
            upper: self.end(high, mean, -1.0),
        }
    }

    /// The last mean between an end of the range and the mean of the values that is rejected, by halving: the
    /// evidence against a mean grows with its distance. `side` is 1 below the mean of the values, and -1 above.
    fn end(&self, extreme: f64, mean: f64, side: f64) -> f64 {
        let (mut rejected, mut kept) = (extreme, mean);
        for _ in 0..HALVINGS {
            let middle = f64::midpoint(rejected, kept);
            if self
                .evidence(middle, extreme, side)
                .half()
                .rejects(self.alpha)
            {
                rejected = middle;
            } else {
                kept = middle;
            }
        }
        rejected
    }

    /// The capital that was won by betting against this mean.
    fn evidence(&self, mean: f64, extreme: f64, side: f64) -> EValue {
        let at_risk = side * (mean - extreme);
        if at_risk <= 0.0 {
            return EValue::NONE;
        }
        EValue::mean(fractions().map(|fraction| {
            let logs = self.counts.iter().map(|(value, count)| {
                let gain = (side * (value.0 - mean) / at_risk).max(-1.0);
                *count as f64 * (fraction * gain).ln_1p()
            });
            EValue::from_ln(logs.sum())
        }))
    }
}

/// A value that was seen. It is a finite number.
#[derive(Clone, Copy, Debug)]
struct SeenValue(f64);

impl Ord for SeenValue {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.total_cmp(&other.0)
    }
}

impl PartialOrd for SeenValue {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for SeenValue {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for SeenValue {}
