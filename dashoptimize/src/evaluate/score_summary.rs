//! Mean and interval of scores that are not kept.

use super::statistics::{Alpha, Interval, t_interval, wilson_interval};

/// Mean and spread of scores, computed as they come (Welford 1962).
#[derive(Clone, Copy, Debug)]
pub(super) struct ScoreSummary {
    pub(super) n: usize,
    /// Kept in addition to Welford's running mean, because whole counts must give exact means.
    sum: f64,
    running_mean: f64,
    squares: f64,
    /// All scores are 0 or 1.
    binary: bool,
    /// All scores are from 0 to 1.
    pub(super) in_unit: bool,
}

impl Default for ScoreSummary {
    fn default() -> Self {
        Self {
            n: 0,
            sum: 0.0,
            running_mean: 0.0,
            squares: 0.0,
            binary: true,
            in_unit: true,
        }
    }
}

impl ScoreSummary {
    pub(super) fn push(&mut self, score: f64) {
        self.n += 1;
        self.sum += score;
        let step = score - self.running_mean;
        self.running_mean += step / self.n as f64;
        self.squares += step * (score - self.running_mean);
        self.binary &= score == 0.0 || score == 1.0;
        self.in_unit &= (0.0..=1.0).contains(&score);
    }

    pub(super) fn mean(&self) -> Option<f64> {
        (self.n > 0).then(|| self.sum / self.n as f64)
    }

    pub(super) fn interval(&self) -> Option<Interval> {
        let alpha = Alpha::default();
        if self.binary {
            return wilson_interval(self.sum as usize, self.n, alpha);
        }
        let deviation = (self.squares / self.n.saturating_sub(1).max(1) as f64).sqrt();
        let interval = t_interval(self.n, self.mean()?, deviation, alpha)?;
        Some(if self.in_unit {
            interval.clamped_to(0.0, 1.0)
        } else {
            interval
        })
    }
}
