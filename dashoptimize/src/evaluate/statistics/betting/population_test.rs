//! The test of the mean of a population whose values are drawn one after the other.

use super::wealth::{EValue, Wealth};

/// Tests whether the mean of a finite population, such as the rows of a data set, is at most a stated one. The
/// values are drawn without replacement, each with a probability that is known before, and the test may be
/// looked at after every draw. What was drawn no longer has to be guessed, so the test becomes certain at
/// the latest with the last value.
///
/// Rows that tell more can so be drawn first: a value that was drawn with twice the probability of others
/// counts half, which leaves the test as valid as with equal probabilities. Nothing is assumed of the
/// values but their bounds; the level comes from the draws alone.
///
/// Waudby-Smith & Ramdas, *Confidence sequences for sampling without replacement* (NeurIPS 2020); Shekhar,
/// Xu, Lipton, Liang & Ramdas, *Risk-limiting financial audits via weighted sampling without replacement*
/// (UAI 2023).
///
/// ```
/// use dashoptimize::evaluate::statistics::{Alpha, DrawnValue, PopulationTest};
///
/// // 20 rows with the mean 0.4. Is it larger than 0.
/// let losses = [1.0, 0.0, 1.0, 0.0, 1.0, 0.0, 1.0, 0.0, 1.0, 0.0].repeat(2);
/// let mut test = PopulationTest::new(20, 0.0);
/// let mut drawn = 0;
/// while !test.e_value().rejects(Alpha::default()) {
///     test.observe(DrawnValue::uniform(losses[drawn], -1.0, 20 - drawn));
///     drawn += 1;
/// }
/// assert!(drawn < 20);
/// ```
#[derive(Clone, Debug)]
pub struct PopulationTest {
    /// What the values that were not drawn yet sum to, if the mean is the stated one.
    left_sum: f64,
    left: usize,
    wealth: Wealth,
}

/// A value that was drawn, and what was known of the draw before.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct DrawnValue {
    /// The value.
    pub value: f64,
    /// With which probability it was drawn of those that were left.
    pub probability: f64,
    /// The smallest `value / probability` that was possible.
    pub least_ratio: f64,
    /// The smallest sum that was possible of the values that were left, this one included.
    pub least_sum: f64,
}

impl DrawnValue {
    /// A value drawn with this probability. `least_ratio` is the smallest `value / probability` that was
    /// possible, and `least_sum` the smallest sum of the values that were left, this one included.
    #[must_use]
    pub const fn new(value: f64, probability: f64, least_ratio: f64, least_sum: f64) -> Self {
        Self {
            value,
            probability,
            least_ratio,
            least_sum,
        }
    }

    /// A value of `left` values that are at least `least`, all of which could be drawn with the same
    /// probability.
    #[must_use]
    pub const fn uniform(value: f64, least: f64, left: usize) -> Self {
        let left = left as f64;
        Self::new(value, 1.0 / left, least * left, least * left)
    }
}

/// Sums that are equal in exact arithmetic differ by less, relative to their size.
const ROUNDING: f64 = 1e-9;

impl PopulationTest {
    /// A test of so many values, whose mean is at most this one.
    #[must_use]
    pub const fn new(population: usize, mean: f64) -> Self {
        Self {
            left_sum: mean * population as f64,
            left: population,
            wealth: Wealth::START,
        }
    }

    /// Adds the next value that was drawn. Draws beyond the population are ignored.
    pub fn observe(&mut self, drawn: DrawnValue) {
        if self.left == 0 {
            return;
        }
        self.note_what_is_left(drawn.least_sum);
        let left = self.left as f64;
        let expected = self.left_sum / left;
        let estimate = drawn.value / (left * drawn.probability);
        let least = drawn.least_ratio / left;
        self.wealth.bet(estimate - expected, expected - least);
        self.left_sum -= drawn.value;
        self.left -= 1;
        if self.left == 0 {
            self.note_what_is_left(0.0);
        }
    }

    /// The evidence that the mean is larger than stated.
    #[must_use]
    pub fn e_value(&self) -> EValue {
        self.wealth.e_value()
    }

    /// The mean is larger for certain if the smallest possible sum of the values that are left exceeds what
    /// the stated mean leaves for them.
    fn note_what_is_left(&mut self, least_sum: f64) {
        let rounding = ROUNDING * (1.0 + self.left_sum.abs() + least_sum.abs());
        if self.left_sum + rounding < least_sum {
            self.wealth.refute();
        }
    }
}
