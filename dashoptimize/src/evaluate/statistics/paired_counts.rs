//! Comparing two programs that are right or wrong on the same rows.

use statrs::function::beta::beta_reg;

use super::{Alpha, Interval, exact_share_interval, wilson_interval};

/// The numbers of rows on which a baseline and a candidate were right.
///
/// ```
/// use dashoptimize::evaluate::statistics::PairedCounts;
///
/// // Airway hyper-responsiveness before and after a transplantation, 21 children (Bentur et al.,
/// // 2009; in Fagerland, Lydersen & Laake, BMC Medical Research Methodology 13:91, 2013).
/// let children = PairedCounts { both: 1, wins: 7, losses: 1, neither: 12 };
/// assert!((children.p_value() - 0.0703).abs() < 5e-5);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PairedCounts {
    /// Both were right.
    pub both: usize,
    /// Only the candidate was right.
    pub wins: usize,
    /// Only the baseline was right.
    pub losses: usize,
    /// Neither was right.
    pub neither: usize,
}

impl PairedCounts {
    /// The number of rows.
    #[must_use]
    pub const fn n(&self) -> usize {
        self.both
            .saturating_add(self.wins)
            .saturating_add(self.losses)
            .saturating_add(self.neither)
    }

    /// Counts one row.
    pub const fn add(&mut self, baseline: bool, candidate: bool) {
        match (baseline, candidate) {
            (true, true) => self.both += 1,
            (false, true) => self.wins += 1,
            (true, false) => self.losses += 1,
            (false, false) => self.neither += 1,
        }
    }

    /// The share of rows that the candidate got right minus that of the baseline; 0 without rows.
    #[must_use]
    pub fn difference(&self) -> f64 {
        (self.wins as f64 - self.losses as f64) / self.n().max(1) as f64
    }

    /// The number of rows on which only one of the two was right.
    #[must_use]
    pub const fn discordant(&self) -> usize {
        self.wins.saturating_add(self.losses)
    }

    /// The two-sided p-value of McNemar's exact test: how likely a difference at least as large is, in
    /// either direction, if there is no effect.
    ///
    /// Rows on which both programs agree say nothing about the difference. If there is no effect, each
    /// of the others is a win or a loss with equal probability. (The mid-p variant finds a little more,
    /// but its rate of false findings exceeds the level for some numbers of rows.)
    #[must_use]
    pub fn p_value(&self) -> f64 {
        let (few, many) = (self.wins.min(self.losses), self.wins.max(self.losses));
        if few == many {
            return 1.0;
        }
        (2.0 * tail(many, few + many)).min(1.0)
    }

    /// The one-sided p-value of the same test: how likely a gain at least as large is.
    #[must_use]
    pub fn p_value_better(&self) -> f64 {
        tail(self.wins, self.discordant())
    }

    /// The confidence interval of the difference: Newcombe's method 10, square-and-add on Wilson
    /// intervals with the correlation of the pairs (Statistics in Medicine 17, 1998, pages
    /// 2635-2650). `None` without rows.
    #[must_use]
    pub fn interval(&self, alpha: Alpha) -> Option<Interval> {
        let n = self.n();
        let (right_candidate, right_baseline) = (self.both + self.wins, self.both + self.losses);
        let candidate = wilson_interval(right_candidate, n, alpha)?;
        let baseline = wilson_interval(right_baseline, n, alpha)?;
        let p_candidate = right_candidate as f64 / n as f64;
        let p_baseline = right_baseline as f64 / n as f64;
        let phi = self.correlation();
        let reach = |up: f64, down: f64| (up * up - 2.0 * phi * up * down + down * down).sqrt();
        let difference = self.difference();
        let interval = Interval {
            lower: difference - reach(p_candidate - candidate.lower, baseline.upper - p_baseline),
            upper: difference + reach(candidate.upper - p_candidate, p_baseline - baseline.lower),
        };
        Some(interval.clamped_to(-1.0, 1.0))
    }

    /// The confidence interval of the difference for few rows that differ: square-and-add on the exact
    /// intervals of the share of wins and of the share of losses. `None` without rows.
    ///
    /// Newcombe's interval says too little about losses that were not seen: with 100 rows of which none
    /// differs, it may exclude a loss of 2 % of the rows, which 100 rows do not show in about one case of seven.
    #[must_use]
    pub fn interval_of_few(&self, alpha: Alpha) -> Option<Interval> {
        let n = self.n();
        let wins = exact_share_interval(self.wins, n, alpha)?;
        let losses = exact_share_interval(self.losses, n, alpha)?;
        let (won, lost) = (self.wins as f64 / n as f64, self.losses as f64 / n as f64);
        Some(Interval {
            lower: self.difference() - (won - wins.lower).hypot(losses.upper - lost),
            upper: self.difference() + (wins.upper - won).hypot(lost - losses.lower),
        })
    }

    /// The widest interval of the difference that the exact intervals of the share of wins and of the share
    /// of losses allow. `None` without rows.
    ///
    /// It is far too wide except for a handful of rows, all of which may have been won by luck.
    #[must_use]
    pub fn interval_of_a_handful(&self, alpha: Alpha) -> Option<Interval> {
        let wins = exact_share_interval(self.wins, self.n(), alpha)?;
        let losses = exact_share_interval(self.losses, self.n(), alpha)?;
        Some(Interval {
            lower: wins.lower - losses.upper,
            upper: wins.upper - losses.lower,
        })
    }

    /// Newcombe's correlation of the pairs, with his continuity correction if it is positive.
    fn correlation(&self) -> f64 {
        let [both, wins, losses, neither] =
            [self.both, self.wins, self.losses, self.neither].map(|count| count as f64);
        let margins = (both + wins) * (losses + neither) * (both + losses) * (wins + neither);
        if margins == 0.0 {
            return 0.0;
        }
        let agreement = both * neither - wins * losses;
        let corrected = if agreement > 0.0 {
            (agreement - self.n() as f64 / 2.0).max(0.0)
        } else {
            agreement
        };
        corrected / margins.sqrt()
    }
}

/// The probability of at least `k` heads in `n` tosses of a fair coin.
fn tail(k: usize, n: usize) -> f64 {
    match k {
        0 => 1.0,
        // It is the regularized incomplete beta function at 1/2.
        _ => beta_reg(k as f64, (n - k + 1) as f64, 0.5),
    }
}
