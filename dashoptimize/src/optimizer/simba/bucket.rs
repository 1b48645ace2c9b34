//! What several runs on one row did.

use super::draws::percentile;
use crate::engine::Rollout;

/// The runs on one row that have a score, the best first.
pub(super) struct Bucket {
    /// The index of the training row.
    pub(super) row: usize,
    runs: Vec<(f64, Rollout)>,
}

impl Bucket {
    /// `None` if no run has a score.
    fn new(row: usize, rollouts: impl IntoIterator<Item = Rollout>) -> Option<Self> {
        let scored = rollouts.into_iter();
        let scored = scored.filter_map(|rollout| Some((rollout.score()?, rollout)));
        let mut runs: Vec<(f64, Rollout)> = scored.collect();
        runs.sort_by(|a, b| b.0.total_cmp(&a.0));
        (!runs.is_empty()).then_some(Self { row, runs })
    }

    pub(super) fn best(&self) -> (f64, &Rollout) {
        let (score, rollout) = &self.runs[0];
        (*score, rollout)
    }

    pub(super) fn worst(&self) -> (f64, &Rollout) {
        let (score, rollout) = &self.runs[self.runs.len() - 1];
        (*score, rollout)
    }

    /// How much can be learned of the row: the span of its scores, the best, and how far the best is above the
    /// mean.
    fn promise(&self) -> [f64; 3] {
        let (most, least) = (self.best().0, self.worst().0);
        let sum: f64 = self.runs.iter().map(|(score, _)| score).sum();
        [most - least, most, most - sum / self.runs.len() as f64]
    }
}

/// All runs of a step, by row.
pub(super) struct Buckets {
    /// The most promising first; of equal ones, in the order of the batch.
    pub(super) buckets: Vec<Bucket>,
    /// The 10th and the 90th percentile of all scores.
    pub(super) p10: f64,
    pub(super) p90: f64,
}

impl Buckets {
    /// Of rows with their runs.
    pub(super) fn new(rows: impl IntoIterator<Item = (usize, Vec<Rollout>)>) -> Self {
        let buckets = rows.into_iter();
        let buckets = buckets.filter_map(|(row, rollouts)| Bucket::new(row, rollouts));
        let mut buckets: Vec<Bucket> = buckets.collect();
        let runs = buckets.iter().flat_map(|bucket| &bucket.runs);
        let scores: Vec<f64> = runs.map(|(score, _)| *score).collect();
        buckets.sort_by(|a, b| {
            let pairs = b.promise().into_iter().zip(a.promise());
            let orders = pairs.map(|(b, a)| b.total_cmp(&a));
            orders.fold(std::cmp::Ordering::Equal, std::cmp::Ordering::then)
        });
        Self {
            buckets,
            p10: percentile(&scores, 10.0),
            p90: percentile(&scores, 90.0),
        }
    }
}
