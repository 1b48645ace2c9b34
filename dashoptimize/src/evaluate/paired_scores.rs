//! The scores of two programs, row by row.

use std::collections::HashMap;

use super::score_range::ScoreRange;
use super::statistics::PairedCounts;
use super::verdict_error::VerdictError;

/// The worst and the best score, as shares of the range.
pub(super) const WORST: f64 = 0.0;
pub(super) const BEST: f64 = 1.0;

/// The rows of a hold-out. All scores are shares of the metric's range.
pub(super) struct PairedRows(Vec<PairedRow>);

/// One row, and the cluster of rows with the same inputs that it belongs to.
struct PairedRow {
    scores: [Option<f64>; 2],
    cluster: usize,
}

impl PairedRows {
    pub(super) fn of(
        baseline: &[Option<f64>],
        candidate: &[Option<f64>],
        clusters: &[usize],
        range: ScoreRange,
    ) -> Result<Self, VerdictError> {
        if baseline.len() != candidate.len() {
            return Err(VerdictError::RowsDiffer {
                baseline: baseline.len(),
                candidate: candidate.len(),
            });
        }
        if baseline.len() != clusters.len() {
            return Err(VerdictError::ClustersDiffer {
                rows: baseline.len(),
                clusters: clusters.len(),
            });
        }
        let rows = baseline.iter().zip(candidate).zip(clusters).enumerate();
        let rows = rows.map(|(row, ((before, after), cluster))| {
            let share = |score: f64| match range.contains(score) {
                true => Ok(range.share_of(score)),
                false => Err(VerdictError::OutOfRange { row, score, range }),
            };
            let before = before.map(share).transpose()?;
            Ok(PairedRow {
                scores: [before, after.map(share).transpose()?],
                cluster: *cluster,
            })
        });
        rows.collect::<Result<_, _>>().map(Self)
    }

    /// The number of rows that lack the score of exactly one program.
    pub(super) fn one_sided(&self) -> usize {
        let rows = self.0.iter().map(|row| row.scores);
        rows.filter(|[before, after]| before.is_some() != after.is_some())
            .count()
    }

    /// Whether both programs have a score on at least half of the rows.
    pub(super) fn are_mostly_complete(&self) -> bool {
        2 * self.complete().rows() >= self.0.len()
    }

    /// The rows on which both programs have a score.
    pub(super) fn complete(&self) -> PairedScores {
        self.scores(|[before, after]| Some([before?, after?]))
    }

    /// The rows on which at least one program has a score. A score that is missing is this one.
    pub(super) fn completed_by(&self, baseline: f64, candidate: f64) -> PairedScores {
        self.scores(|[before, after]| {
            let known = before.or(after).is_some();
            known.then(|| [before.unwrap_or(baseline), after.unwrap_or(candidate)])
        })
    }

    /// The baseline against a candidate with the best score on every row. A score that the baseline
    /// lacks is the worst.
    pub(super) fn against_perfection(&self) -> PairedScores {
        self.scores(|[before, _]| Some([before.unwrap_or(WORST), BEST]))
    }

    fn scores(&self, scores: impl Fn([Option<f64>; 2]) -> Option<[f64; 2]>) -> PairedScores {
        let rows = self.0.iter();
        PairedScores::of(rows.filter_map(|row| Some((row.cluster, scores(row.scores)?))))
    }
}

/// Scores on rows on which both programs have one. The rows of a cluster are one row with their mean
/// scores: copies of a row say no more than the row.
pub(super) struct PairedScores {
    baseline: Vec<f64>,
    candidate: Vec<f64>,
    rows: usize,
}

impl PairedScores {
    fn of(rows: impl Iterator<Item = (usize, [f64; 2])>) -> Self {
        let mut places = HashMap::new();
        let mut clusters: Vec<([f64; 2], f64)> = Vec::new();
        for (cluster, [before, after]) in rows {
            let place = *places.entry(cluster).or_insert(clusters.len());
            if place == clusters.len() {
                clusters.push(([0.0; 2], 0.0));
            }
            let (sums, count) = &mut clusters[place];
            *sums = [sums[0] + before, sums[1] + after];
            *count += 1.0;
        }
        let rows = clusters.iter().map(|(_, count)| *count as usize).sum();
        let means = clusters.iter();
        let means = means.map(|([before, after], count)| (before / count, after / count));
        let (baseline, candidate) = means.unzip();
        Self {
            baseline,
            candidate,
            rows,
        }
    }

    /// The number of rows, with copies.
    pub(super) const fn rows(&self) -> usize {
        self.rows
    }

    pub(super) const fn len(&self) -> usize {
        self.baseline.len()
    }

    /// The mean of the baseline, and of the candidate.
    pub(super) fn means(&self) -> [f64; 2] {
        [mean(&self.baseline), mean(&self.candidate)]
    }

    pub(super) fn differences(&self) -> Vec<f64> {
        let rows = self.candidate.iter().zip(&self.baseline);
        rows.map(|(after, before)| after - before).collect()
    }

    /// The rows by who was right, if every score is the worst or the best.
    pub(super) fn counts(&self) -> Option<PairedCounts> {
        let mut scores = self.baseline.iter().chain(&self.candidate);
        if !scores.all(|score| *score == WORST || *score == BEST) {
            return None;
        }
        let mut counts = PairedCounts::default();
        for (before, after) in self.baseline.iter().zip(&self.candidate) {
            counts.add(*before == BEST, *after == BEST);
        }
        Some(counts)
    }
}

pub(super) fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}
