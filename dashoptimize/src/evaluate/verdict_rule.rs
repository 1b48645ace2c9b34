//! The rule by which a verdict is found.

use super::statistics::{
    Alpha, AlphaError, Interval, PairedCounts, bootstrap_interval, detectable_difference,
    rows_for_binary, rows_for_graded, sign_flip_test,
};
use super::verdict::{Decision, Test, Verdict};

/// A baseline at most this far from the best score leaves little room.
const LITTLE_ROOM: f64 = 0.05;

/// Graded scores need this many rows for [`Decision::NotWorse`]: a bootstrap of fewer is too narrow
/// to rule anything out.
const FEWEST_FOR_NOT_WORSE: usize = 20;

/// How a candidate is judged against its baseline, row by row, on a hold-out.
///
/// # The decision
///
/// The test is two-sided at the level alpha, 0.05 by default, and [`Decision::Better`] also asks for
/// a gain. So a candidate without effect is called better in about one case of 40, and never more
/// often than the stated 1 in 20, however few the rows: a two-sided mid-p of at most alpha means a
/// tail of at most alpha on one side, and permutation tests are exact. ("Without effect" means that
/// on each row the two programs' scores are drawn alike.) The first that holds:
///
/// 1. p ≤ alpha and a gain: `Better`; p ≤ alpha and a loss: `Worse`.
/// 2. The baseline is within 0.05 of the best score, and even a candidate with the best score on
///    every row would not reach p ≤ alpha: `NoHeadroom`.
/// 3. The interval's lower end is above minus the margin: `NotWorse`. (Graded scores need 20 rows.)
/// 4. `Inconclusive`.
///
/// Where every worth is 0 or 1, p is McNemar's exact mid-p and the interval Newcombe's; else p comes
/// from the sign-flip permutation test and the interval from the BCa bootstrap, both by the seed.
///
/// ```
/// use dashoptimize::evaluate::{Decision, VerdictRule};
///
/// // 100 rows: 62 right before, 72 after; 14 rows won, 4 lost.
/// let rows = |ranges: &[std::ops::Range<usize>]| -> Vec<Option<f64>> {
///     (0..100)
///         .map(|row| Some(f64::from(u8::from(ranges.iter().any(|range| range.contains(&row))))))
///         .collect()
/// };
/// let verdict = VerdictRule::default().judge(&rows(&[0..62]), &rows(&[4..76])).unwrap();
/// assert_eq!(verdict.decision, Decision::Better);
/// assert_eq!(
///     verdict.to_string(),
///     "Better: 62.0 % → 72.0 % on 100 held-out rows (+10.0 points, 95 % +1.7 to +18.2, p = 0.019, \
///      exact McNemar)"
/// );
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct VerdictRule {
    alpha: Alpha,
    margin: f64,
    best_score: f64,
    resamples: u32,
    seed: u64,
}

/// Alpha 0.05, margin 0.02, best score 1, 9,999 resamples, seed 0.
impl Default for VerdictRule {
    fn default() -> Self {
        Self {
            alpha: Alpha::default(),
            margin: 0.02,
            best_score: 1.0,
            resamples: 9_999,
            seed: 0,
        }
    }
}

impl VerdictRule {
    /// Sets the level. Default 0.05.
    ///
    /// # Errors
    ///
    /// Where it is not between 0 and 1.
    pub fn with_alpha(self, alpha: f64) -> Result<Self, AlphaError> {
        Ok(Self {
            alpha: Alpha::new(alpha)?,
            ..self
        })
    }

    /// Sets by how much a candidate may be worse and still count as not worse, in the unit of the
    /// scores. Default 0.02, which is two points of a percentage.
    #[must_use]
    pub const fn with_margin(mut self, margin: f64) -> Self {
        self.margin = margin.abs();
        self
    }

    /// Sets the best score that the metric can give. Default 1.
    #[must_use]
    pub const fn with_best_score(mut self, best_score: f64) -> Self {
        self.best_score = best_score;
        self
    }

    /// Sets how many resamples permutation test and bootstrap draw. Default 9,999.
    #[must_use]
    pub const fn with_resamples(mut self, resamples: u32) -> Self {
        self.resamples = resamples;
        self
    }

    /// Sets the seed of the resamples. Default 0.
    #[must_use]
    pub const fn with_seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Judges a candidate: worths of both programs on the same rows in the same order, `None` where
    /// nothing can be said. A row that lacks one of the two is left out and counted.
    ///
    /// # Errors
    ///
    /// Where the two are not of the same rows, or a worth is not a finite number.
    pub fn judge(
        &self,
        baseline: &[Option<f64>],
        candidate: &[Option<f64>],
    ) -> Result<Verdict, VerdictError> {
        let pairs = Pairs::of(baseline, candidate)?;
        let evidence = Evidence::of(&pairs, self);
        let verdict = Verdict {
            decision: self.decision(&pairs, &evidence),
            baseline: tidy(mean(&pairs.baseline)),
            candidate: tidy(mean(&pairs.candidate)),
            difference: tidy(evidence.difference),
            interval: evidence.interval.map(|Interval { lower, upper }| Interval {
                lower: tidy(lower),
                upper: tidy(upper),
            }),
            p: tidy(evidence.p),
            test: evidence.test,
            n: pairs.baseline.len(),
            left_out: baseline.len() - pairs.baseline.len(),
            alpha: self.alpha.value(),
            margin: self.margin,
            rows_needed: evidence.rows_needed,
            detectable: evidence.detectable.map(tidy),
            percent: pairs.all(|worth| (0.0..=1.0).contains(&worth)),
        };
        Ok(verdict)
    }

    fn decision(&self, pairs: &Pairs, evidence: &Evidence) -> Decision {
        if evidence.p <= self.alpha.value() && evidence.difference > 0.0 {
            Decision::Better
        } else if evidence.p <= self.alpha.value() && evidence.difference < 0.0 {
            Decision::Worse
        } else if self.has_no_headroom(pairs) {
            Decision::NoHeadroom
        } else if self.rules_out_a_loss(evidence, pairs.baseline.len()) {
            Decision::NotWorse
        } else {
            Decision::Inconclusive
        }
    }

    /// Whether a perfect candidate would not be seen, because the baseline is nearly perfect (and
    /// not because the rows are too few).
    fn has_no_headroom(&self, pairs: &Pairs) -> bool {
        let known_scale = pairs.all(|worth| worth <= self.best_score);
        if pairs.baseline.is_empty() || !known_scale {
            return false;
        }
        let room = self.best_score - mean(&pairs.baseline);
        if room > LITTLE_ROOM * self.best_score.abs() {
            return false;
        }
        let perfect = Pairs {
            baseline: pairs.baseline.clone(),
            candidate: vec![self.best_score; pairs.baseline.len()],
        };
        perfect.p_value(self) > self.alpha.value()
    }

    fn rules_out_a_loss(&self, evidence: &Evidence, n: usize) -> bool {
        let enough = evidence.test == Test::McNemar || n >= FEWEST_FOR_NOT_WORSE;
        enough
            && evidence
                .interval
                .is_some_and(|interval| interval.lower > -self.margin)
    }
}

/// Worths that cannot be judged.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum VerdictError {
    /// The two are not of the same rows.
    #[error(
        "the baseline was tried on {baseline} rows and the candidate on {candidate}; both must be \
         tried on the same rows in the same order"
    )]
    RowsDiffer {
        /// Rows of the baseline.
        baseline: usize,
        /// Rows of the candidate.
        candidate: usize,
    },
    /// A worth is infinite or not a number.
    #[error("the worth of row {row} (from 0) is {worth}; it must be a finite number")]
    NotFinite {
        /// Which row, from 0.
        row: usize,
        /// The worth.
        worth: f64,
    },
}

/// The rows on which both programs have a worth.
struct Pairs {
    baseline: Vec<f64>,
    candidate: Vec<f64>,
}

impl Pairs {
    fn of(baseline: &[Option<f64>], candidate: &[Option<f64>]) -> Result<Self, VerdictError> {
        if baseline.len() != candidate.len() {
            return Err(VerdictError::RowsDiffer {
                baseline: baseline.len(),
                candidate: candidate.len(),
            });
        }
        let mut pairs = Self {
            baseline: Vec::new(),
            candidate: Vec::new(),
        };
        for (row, (before, after)) in baseline.iter().zip(candidate).enumerate() {
            let worths = [*before, *after];
            if let Some(worth) = worths
                .into_iter()
                .flatten()
                .find(|worth| !worth.is_finite())
            {
                return Err(VerdictError::NotFinite { row, worth });
            }
            if let [Some(before), Some(after)] = worths {
                pairs.baseline.push(before);
                pairs.candidate.push(after);
            }
        }
        Ok(pairs)
    }

    fn all(&self, holds: impl Fn(f64) -> bool) -> bool {
        let mut worths = self.baseline.iter().chain(&self.candidate);
        worths.all(|worth| holds(*worth))
    }

    fn differences(&self) -> Vec<f64> {
        let rows = self.candidate.iter().zip(&self.baseline);
        rows.map(|(after, before)| after - before).collect()
    }

    /// Rights and wrongs, where every worth is 0 or 1.
    fn counts(&self) -> Option<PairedCounts> {
        if !self.all(|worth| worth == 0.0 || worth == 1.0) {
            return None;
        }
        let mut counts = PairedCounts::default();
        for (before, after) in self.baseline.iter().zip(&self.candidate) {
            counts.add(*before == 1.0, *after == 1.0);
        }
        Some(counts)
    }

    fn p_value(&self, rule: &VerdictRule) -> f64 {
        match self.counts() {
            Some(counts) => counts.p_value(),
            None => sign_flip_test(&self.differences(), rule.resamples, rule.seed),
        }
    }
}

/// What the pairs show.
struct Evidence {
    test: Test,
    difference: f64,
    p: f64,
    interval: Option<Interval>,
    rows_needed: Option<u64>,
    detectable: Option<f64>,
}

impl Evidence {
    fn of(pairs: &Pairs, rule: &VerdictRule) -> Self {
        let differences = pairs.differences();
        let alpha = rule.alpha;
        let deviation = deviation(&differences);
        let (test, difference, interval, rows_needed) = match pairs.counts() {
            Some(counts) => {
                let difference = counts.difference();
                let discordant = (counts.wins + counts.losses) as f64 / counts.n().max(1) as f64;
                let rows = rows_for_binary(discordant, difference, alpha);
                (Test::McNemar, difference, counts.interval(alpha), rows)
            }
            None => {
                let difference = mean(&differences);
                let interval = bootstrap_interval(&differences, alpha, rule.resamples, rule.seed);
                let rows = rows_for_graded(deviation, difference, alpha);
                (Test::SignFlip, difference, interval, rows)
            }
        };
        Self {
            test,
            difference,
            p: pairs.p_value(rule),
            interval,
            rows_needed: rows_needed.filter(|_| difference > 0.0),
            detectable: detectable_difference(differences.len(), deviation, alpha),
        }
    }
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

fn deviation(values: &[f64]) -> f64 {
    let mean = mean(values);
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    (squares / values.len().saturating_sub(1).max(1) as f64).sqrt()
}

/// Six significant digits: further ones differ between the mathematics libraries of machines.
fn tidy(value: f64) -> f64 {
    format!("{value:.5e}").parse().unwrap_or(value)
}
