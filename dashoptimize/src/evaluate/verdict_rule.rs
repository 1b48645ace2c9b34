//! The rule by which a verdict is found.

use super::statistics::{
    Alpha, AlphaError, Interval, PairedCounts, bootstrap_interval, detectable_difference,
    rows_for_binary, rows_for_graded, sign_flip_test,
};
use super::verdict::{Decision, PairedTest, Verdict};

/// A baseline that is at most this far from the best score leaves little room.
const LITTLE_ROOM: f64 = 0.05;

/// Graded scores need this many rows for [`Decision::NotWorse`]: with fewer, a bootstrap interval is
/// too narrow to rule anything out.
const FEWEST_FOR_NOT_WORSE: usize = 20;

/// How a candidate is compared with its baseline, row by row, on a hold-out.
///
/// # The decision
///
/// The first of these that holds is the decision:
///
/// 1. `Better` if p ≤ alpha and the difference is a gain; `Worse` if p ≤ alpha and it is a loss.
/// 2. `NoHeadroom` if the baseline is within 5 % of the best score, and even a candidate with the best
///    score on every row would not reach p ≤ alpha.
/// 3. `NotWorse` if the lower end of the interval is above minus the margin. Graded scores also need
///    at least 20 rows.
/// 4. `Inconclusive` otherwise.
///
/// If every score is 0 or 1, p is McNemar's exact mid-p and the interval is Newcombe's. Otherwise p
/// comes from the sign-flip permutation test and the interval from the BCa bootstrap, both drawn from
/// the seed.
///
/// # How often it is wrong
///
/// The test is two-sided at the level alpha, and [`Decision::Better`] also requires a gain. So a
/// candidate without effect is called better in about one case of 40 at the default level of 0.05,
/// and never more often than in one of 20, however few the rows are: a two-sided mid-p of at most
/// alpha means a tail of at most alpha on one side, and permutation tests are exact. ("Without
/// effect" means that on each row the scores of both programs have the same distribution.)
///
/// # Example
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

/// The defaults are alpha 0.05, margin 0.02, best score 1, 9,999 resamples and seed 0.
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
    /// Sets the significance level alpha. Default: 0.05.
    ///
    /// # Errors
    ///
    /// [`AlphaError`] if it is not between 0 and 1.
    pub fn with_alpha(self, alpha: f64) -> Result<Self, AlphaError> {
        Ok(Self {
            alpha: Alpha::new(alpha)?,
            ..self
        })
    }

    /// Sets by how much a candidate may be worse and still count as not worse, in the unit of the
    /// scores. Default: 0.02, which is two percentage points.
    #[must_use]
    pub const fn with_margin(mut self, margin: f64) -> Self {
        self.margin = margin.abs();
        self
    }

    /// Sets the best score that the metric can give. Default: 1.
    #[must_use]
    pub const fn with_best_score(mut self, best_score: f64) -> Self {
        self.best_score = best_score;
        self
    }

    /// Sets how many resamples the permutation test and the bootstrap draw. Default: 9,999.
    #[must_use]
    pub const fn with_resamples(mut self, resamples: u32) -> Self {
        self.resamples = resamples;
        self
    }

    /// Sets the seed of the resamples. Default: 0.
    #[must_use]
    pub const fn with_seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Judges a candidate by the [scores](super::Outcome::score) of both programs, on the same rows in
    /// the same order. A row without a score for one of them is left out and counted.
    ///
    /// # Errors
    ///
    /// - [`VerdictError::RowsDiffer`] if the numbers of rows differ
    /// - [`VerdictError::NotFinite`] if a score is infinite or not a number
    pub fn judge(
        &self,
        baseline: &[Option<f64>],
        candidate: &[Option<f64>],
    ) -> Result<Verdict, VerdictError> {
        let pairs = PairedScores::of(baseline, candidate)?;
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
            percent: pairs.all(|score| (0.0..=1.0).contains(&score)),
        };
        Ok(verdict)
    }

    fn decision(&self, pairs: &PairedScores, evidence: &Evidence) -> Decision {
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

    /// Whether even a perfect candidate would not be recognized because the baseline is nearly
    /// perfect, and not because there are too few rows.
    fn has_no_headroom(&self, pairs: &PairedScores) -> bool {
        let known_scale = pairs.all(|score| score <= self.best_score);
        if pairs.baseline.is_empty() || !known_scale {
            return false;
        }
        let room = self.best_score - mean(&pairs.baseline);
        if room > LITTLE_ROOM * self.best_score.abs() {
            return false;
        }
        let perfect = PairedScores {
            baseline: pairs.baseline.clone(),
            candidate: vec![self.best_score; pairs.baseline.len()],
        };
        perfect.p_value(self) > self.alpha.value()
    }

    fn rules_out_a_loss(&self, evidence: &Evidence, n: usize) -> bool {
        let enough = evidence.test == PairedTest::McNemar || n >= FEWEST_FOR_NOT_WORSE;
        enough
            && evidence
                .interval
                .is_some_and(|interval| interval.lower > -self.margin)
    }
}

/// Scores that cannot be judged.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum VerdictError {
    /// The two programs were run on different numbers of rows.
    #[non_exhaustive]
    #[error(
        "the baseline was run on {baseline} rows and the candidate on {candidate}; both must be run \
         on the same rows in the same order"
    )]
    RowsDiffer {
        /// The number of rows of the baseline.
        baseline: usize,
        /// The number of rows of the candidate.
        candidate: usize,
    },
    /// A score is infinite or not a number.
    #[non_exhaustive]
    #[error("the score of row {row} (from 0) is {score}; it must be a finite number")]
    NotFinite {
        /// The index of the row, from 0.
        row: usize,
        /// The score.
        score: f64,
    },
}

/// The scores on the rows on which both programs have one.
struct PairedScores {
    baseline: Vec<f64>,
    candidate: Vec<f64>,
}

impl PairedScores {
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
            let scores = [*before, *after];
            if let Some(score) = scores
                .into_iter()
                .flatten()
                .find(|score| !score.is_finite())
            {
                return Err(VerdictError::NotFinite { row, score });
            }
            if let [Some(before), Some(after)] = scores {
                pairs.baseline.push(before);
                pairs.candidate.push(after);
            }
        }
        Ok(pairs)
    }

    fn all(&self, holds: impl Fn(f64) -> bool) -> bool {
        let mut scores = self.baseline.iter().chain(&self.candidate);
        scores.all(|score| holds(*score))
    }

    fn differences(&self) -> Vec<f64> {
        let rows = self.candidate.iter().zip(&self.baseline);
        rows.map(|(after, before)| after - before).collect()
    }

    /// The rows by who was right, if every score is 0 or 1.
    fn counts(&self) -> Option<PairedCounts> {
        if !self.all(|score| score == 0.0 || score == 1.0) {
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

/// What the paired scores show.
struct Evidence {
    test: PairedTest,
    difference: f64,
    p: f64,
    interval: Option<Interval>,
    rows_needed: Option<u64>,
    detectable: Option<f64>,
}

impl Evidence {
    fn of(pairs: &PairedScores, rule: &VerdictRule) -> Self {
        let differences = pairs.differences();
        let alpha = rule.alpha;
        let deviation = deviation(&differences);
        let (test, difference, interval, rows_needed) = match pairs.counts() {
            Some(counts) => {
                let difference = counts.difference();
                let discordant = (counts.wins + counts.losses) as f64 / counts.n().max(1) as f64;
                let rows = rows_for_binary(discordant, difference, alpha);
                (
                    PairedTest::McNemar,
                    difference,
                    counts.interval(alpha),
                    rows,
                )
            }
            None => {
                let difference = mean(&differences);
                let interval = bootstrap_interval(&differences, alpha, rule.resamples, rule.seed);
                let rows = rows_for_graded(deviation, difference, alpha);
                (PairedTest::SignFlip, difference, interval, rows)
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

/// Rounds to six significant digits. Further digits differ between the mathematics libraries of
/// machines.
fn tidy(value: f64) -> f64 {
    format!("{value:.5e}").parse().unwrap_or(value)
}
