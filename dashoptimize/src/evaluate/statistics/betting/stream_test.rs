//! The test of the mean of a stream of values.

use std::ops::RangeInclusive;

use super::wealth::{EValue, OutOfRange, Wealth, check};

/// Tests whether the mean of a stream of values in a known range is a stated one, and may be looked at after
/// every value (hedged capital: half of the capital is bet on a larger mean and half on a smaller one).
///
/// To compare two programs, the values are the differences of their scores on each row, in the range
/// [`ScoreRange::differences`](crate::evaluate::ScoreRange::differences), and the mean is 0. Each value must
/// be a new draw: the rows of a stream of users, or rows drawn at random. For the rows of one data set, in
/// any order that is known before, [`PopulationTest`](super::PopulationTest) finds more.
///
/// ```
/// use dashoptimize::evaluate::ScoreRange;
/// use dashoptimize::evaluate::statistics::{Alpha, BettingTest};
///
/// let mut test = BettingTest::new(ScoreRange::default().differences(), 0.0);
/// // The candidate is right where the baseline is not, on nine rows of ten.
/// for difference in [1.0, 1.0, 0.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0] {
///     test.observe(difference)?;
/// }
/// assert!(test.e_value().rejects(Alpha::default()) && test.p_value() < 0.05);
/// assert!(test.e_larger() > test.e_smaller());
/// # Ok::<(), dashoptimize::evaluate::statistics::OutOfRange>(())
/// ```
#[derive(Clone, Debug)]
pub struct BettingTest {
    range: RangeInclusive<f64>,
    mean: f64,
    values: usize,
    on_larger: Wealth,
    on_smaller: Wealth,
    highest: EValue,
}

impl BettingTest {
    /// A test of this mean, for values in this range. A mean outside of the range is rejected with the first
    /// value.
    #[must_use]
    pub const fn new(range: RangeInclusive<f64>, mean: f64) -> Self {
        Self {
            range,
            mean,
            values: 0,
            on_larger: Wealth::START,
            on_smaller: Wealth::START,
            highest: EValue::NONE,
        }
    }

    /// Adds the next value.
    ///
    /// # Errors
    ///
    /// If the value is not in the range of the test. Then it is not added.
    pub fn observe(&mut self, value: f64) -> Result<(), OutOfRange> {
        check(value, &self.range)?;
        self.values += 1;
        let excess = value - self.mean;
        self.on_larger.bet(excess, self.mean - self.range.start());
        self.on_smaller.bet(-excess, self.range.end() - self.mean);
        self.highest = self.highest.max(self.e_value());
        Ok(())
    }

    /// The number of values so far.
    #[must_use]
    pub const fn n(&self) -> usize {
        self.values
    }

    /// The evidence that the mean is not the stated one.
    #[must_use]
    pub fn e_value(&self) -> EValue {
        self.e_larger().max(self.e_smaller()).half()
    }

    /// The evidence that the mean is larger than stated, in a one-sided test.
    #[must_use]
    pub fn e_larger(&self) -> EValue {
        self.on_larger.e_value()
    }

    /// The evidence that the mean is smaller than stated, in a one-sided test.
    #[must_use]
    pub fn e_smaller(&self) -> EValue {
        self.on_smaller.e_value()
    }

    /// The p-value of the two-sided test, which is valid whenever it is looked at: the inverse of the largest
    /// e-value so far.
    #[must_use]
    pub fn p_value(&self) -> f64 {
        self.highest.p_value()
    }
}
