//! Mean and interval of scores that are not kept.

use super::score_range::ScoreRange;
use super::statistics::{Alpha, Interval, t_interval, unseen_share, wilson_interval};

/// Mean and spread of scores, computed as they come (Welford 1962).
#[derive(Clone, Copy, Debug)]
pub(super) struct ScoreSummary {
    range: ScoreRange,
    pub(super) n: usize,
    /// Kept in addition to Welford's running mean, because whole counts must give exact means.
    sum: f64,
    running_mean: f64,
    squares: f64,
    /// How many scores are the best of the range, and how many the worst.
    best: usize,
    worst: usize,
}

impl ScoreSummary {
    pub(super) const fn new(range: ScoreRange) -> Self {
        Self {
            range,
            n: 0,
            sum: 0.0,
            running_mean: 0.0,
            squares: 0.0,
            best: 0,
            worst: 0,
        }
    }

    pub(super) const fn range(&self) -> ScoreRange {
        self.range
    }

    pub(super) fn push(&mut self, score: f64) {
        self.n += 1;
        self.sum += score;
        let step = score - self.running_mean;
        self.running_mean += step / self.n as f64;
        self.squares += step * (score - self.running_mean);
        self.best += usize::from(score == self.range.best());
        self.worst += usize::from(score == self.range.worst());
    }

    pub(super) fn mean(&self) -> Option<f64> {
        (self.n > 0).then(|| self.sum / self.n as f64)
    }

    pub(super) fn interval(&self) -> Option<Interval> {
        let alpha = Alpha::default();
        if self.best + self.worst == self.n {
            let share = wilson_interval(self.best, self.n, alpha)?;
            return Some(Interval {
                lower: self.range.at(share.lower),
                upper: self.range.at(share.upper),
            });
        }
        let mean = self.mean()?;
        let interval = self.interval_with_unseen(mean, alpha);
        let deviation = (self.squares / self.n.saturating_sub(1).max(1) as f64).sqrt();
        let spread = t_interval(self.n, mean, deviation, alpha);
        let interval = spread.map_or(interval, |spread| spread.hull(interval));
        Some(interval.clamped_to(self.range.worst(), self.range.best()))
    }

    /// The means if rows that were not seen had the worst or the best score. Student's t knows only the
    /// spread that was seen, which is 0 if all scores are the same.
    fn interval_with_unseen(&self, mean: f64, alpha: Alpha) -> Interval {
        let unseen = unseen_share(self.n, alpha);
        Interval {
            lower: mean - unseen * (mean - self.range.worst()),
            upper: mean + unseen * (self.range.best() - mean),
        }
    }
}
