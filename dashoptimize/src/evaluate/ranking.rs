//! Which of several programs did best on the same rows, where rows may lack a score.
//!
//! A row lacks a score where the provider or the budget failed. Means over the rows that are there would let a
//! program win by leaving rows out, so a row that is missing is counted against the program that lacks it.

use super::measured::Measured;

impl Measured {
    /// The mean score if every row without a score had the worst one: what the program reached for certain.
    /// `None` without rows.
    ///
    /// This is the number to choose candidates by. Where a row is missing, [`score`](Self::score) is over
    /// fewer rows than that of another candidate, so that the two cannot be compared.
    #[must_use]
    pub fn score_at_worst(&self) -> Option<f64> {
        let sum: f64 = self.at_worst().sum();
        (self.n() > 0).then(|| sum / self.n() as f64)
    }

    /// Whether the program did no worse than another one on the rows on which the other has a score. A score
    /// that this program lacks counts as the worst.
    pub(crate) fn is_no_worse_where_scored(&self, other: &Self) -> bool {
        let rows = self.at_worst().zip(other.scores());
        let rows = rows.filter_map(|(own, other)| Some((own, other?)));
        let (own, other) = sums(rows);
        own >= other
    }

    /// Whether the program did no worse than another one whatever the scores are that the two lack. A row
    /// that neither has says nothing.
    pub(crate) fn is_no_worse_at_worst(&self, other: &Self) -> bool {
        let (worst, best) = (self.range().worst(), self.range().best());
        let rows = self.scores().zip(other.scores());
        let rows = rows
            .filter(|(own, other)| own.or(*other).is_some())
            .map(|(own, other)| (own.unwrap_or(worst), other.unwrap_or(best)));
        let (own, other) = sums(rows);
        own >= other
    }

    /// Whether at least half of the rows have a score, so that it says something of all of them.
    pub(crate) fn is_mostly_known(&self) -> bool {
        2 * self.scores().flatten().count() >= self.n()
    }

    /// The scores of all rows as shares of the range, 0 for the worst and 1 for the best. A row without a score
    /// counts as the worst.
    pub(crate) fn shares_at_worst(&self) -> impl Iterator<Item = f64> + '_ {
        self.at_worst().map(|score| self.range().share_of(score))
    }

    fn at_worst(&self) -> impl Iterator<Item = f64> {
        let worst = self.range().worst();
        self.scores().map(move |score| score.unwrap_or(worst))
    }
}

fn sums(rows: impl Iterator<Item = (f64, f64)>) -> (f64, f64) {
    rows.fold((0.0, 0.0), |(own, other), (one, two)| {
        (own + one, other + two)
    })
}
