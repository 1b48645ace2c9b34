//! The rule by which a verdict is found.

use serde_json::{Value, json};

use super::evidence::{Draws, Evidence};
use super::paired_scores::{BEST, PairedRows, PairedScores, WORST};
use super::score_range::ScoreRange;
use super::statistics::{Alpha, AlphaError, Interval};
use super::verdict::{Decision, Verdict};
use super::verdict_error::VerdictError;

/// A baseline that is at most this far from the best score leaves little room.
const LITTLE_ROOM: f64 = 0.05;

/// How a candidate is compared with its baseline, row by row, on a hold-out.
///
/// # The decision
///
/// The first of these that holds is the decision:
///
/// 1. `Better` if the interval of the difference is above 0, and `Worse` if it is below 0.
/// 2. `NoHeadroom` if the baseline is within 5 % of the best score, and not even a candidate with the
///    best score on every row would be `Better`.
/// 3. `NotWorse` if the lower end of the interval is above minus the margin.
/// 4. `Inconclusive` otherwise.
///
/// The interval is above or below 0 only if p ≤ alpha, too: where the test shows no difference, the
/// interval is extended to 0. So p and interval never contradict each other.
///
/// # Rows without a score
///
/// A row lacks the score of a program if the provider or the budget failed. Rows that lack a score are
/// left out of the means, of p and of the interval. But which rows a program leaves unanswered may
/// depend on the program. So `Better` and `NotWorse` must also hold if every row that lacks the score
/// of one program only is counted against the candidate: with the worst score for the candidate, or
/// with the best one for the baseline. `Worse` must also hold if those rows are counted for it. And
/// `Better` needs the scores of both programs on at least half of the rows.
///
/// # The methods
///
/// If every score is the best or the worst of the [range](Self::with_range), p is that of McNemar's
/// exact test and the interval is Newcombe's. If fewer than 20 rows differ, it is the wider of
/// Newcombe's and the one of [exact limits](super::statistics::PairedCounts::interval_of_few), because
/// Newcombe's alone says too little about losses that were not seen; and with a handful of rows, all of
/// which may have been won by luck, 4 at the default level, it is [wider
/// still](super::statistics::PairedCounts::interval_of_a_handful).
///
/// Otherwise p is that of the sign-flip permutation test, and the interval is the wider of Student's t
/// and the [bounded mean](super::statistics::bounded_mean_interval), which allows for losses that are
/// large and so rare that no row shows them. A gain on 100 rows must be about 4 % of the range to stand
/// out from such losses. Test and interval draw from the seed.
///
/// # How often it is wrong
///
/// The interval contains the true difference in at least 93 of 100 cases at the default level of 0.05,
/// and a candidate without effect is called better in about one case of 40, and never more often than
/// in one of 20, however few the rows are. `cargo run --release -p tests --bin calibration` shows both
/// for scores of many kinds.
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
///     "Better: 62.0 % → 72.0 % on 100 held-out rows (+10.0 points, 95 % +1.5 to +18.9, p = 0.031, \
///      exact McNemar)"
/// );
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct VerdictRule {
    alpha: Alpha,
    margin: f64,
    range: ScoreRange,
    resamples: u32,
    seed: u64,
}

/// The defaults are alpha 0.05, margin 0.02, range 0 to 1, 9,999 resamples and seed 0.
impl Default for VerdictRule {
    fn default() -> Self {
        Self {
            alpha: Alpha::default(),
            margin: 0.02,
            range: ScoreRange::default(),
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

    /// Sets by how much a candidate may be worse and still count as not worse, as a share of the range
    /// of the scores. Default: 0.02, which is two percentage points.
    #[must_use]
    pub const fn with_margin(mut self, margin: f64) -> Self {
        self.margin = margin.abs();
        self
    }

    /// Sets the range of the scores, which is [that of the metric](super::Metric::range). In a run the
    /// engine sets it. Default: 0 to 1.
    #[must_use]
    pub const fn with_range(mut self, range: ScoreRange) -> Self {
        self.range = range;
        self
    }

    /// Sets how many resamples the permutation test and the interval draw. Default: 9,999.
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

    pub(super) const fn alpha(&self) -> Alpha {
        self.alpha
    }

    pub(super) const fn range(&self) -> ScoreRange {
        self.range
    }

    /// What decides a verdict besides the scores, as JSON.
    pub(crate) fn settings(&self) -> Value {
        json!({
            "alpha": self.alpha.value(),
            "margin": self.margin,
            "resamples": self.resamples,
        })
    }

    /// Judges a candidate by the [scores](super::Outcome::score) of both programs, on the same rows in
    /// the same order.
    ///
    /// # Errors
    ///
    /// - [`VerdictError::RowsDiffer`] if the numbers of rows differ
    /// - [`VerdictError::OutOfRange`] if a score is outside of the range or not a number
    pub fn judge(
        &self,
        baseline: &[Option<f64>],
        candidate: &[Option<f64>],
    ) -> Result<Verdict, VerdictError> {
        let clusters: Vec<usize> = (0..baseline.len()).collect();
        self.judge_clusters(baseline, candidate, &clusters)
    }

    /// As [`judge`](Self::judge), with the number of a cluster for each row. The rows of a cluster count
    /// as one row that has their mean scores. In a run, rows with the same inputs are a cluster: a row
    /// and its copies say no more than the row.
    ///
    /// # Errors
    ///
    /// The same as [`judge`](Self::judge), and [`VerdictError::ClustersDiffer`] if there is not one
    /// cluster for each row.
    pub fn judge_clusters(
        &self,
        baseline: &[Option<f64>],
        candidate: &[Option<f64>],
        clusters: &[usize],
    ) -> Result<Verdict, VerdictError> {
        let rows = PairedRows::of(baseline, candidate, clusters, self.range)?;
        let pairs = rows.complete();
        let evidence = self.evidence(&pairs);
        let bounds = self.bounds(&rows);
        let [before, after] = pairs.means();
        let width = self.range.width();
        let scaled = |difference: f64| tidy(difference * width);
        Ok(Verdict {
            decision: self.decision(&rows, &evidence, bounds.as_ref()),
            baseline: tidy(self.range.at(before)),
            candidate: tidy(self.range.at(after)),
            difference: scaled(evidence.difference),
            interval: evidence.interval.map(|Interval { lower, upper }| Interval {
                lower: scaled(lower),
                upper: scaled(upper),
            }),
            p: tidy(evidence.p),
            test: evidence.test,
            n: pairs.len(),
            copies: pairs.rows() - pairs.len(),
            left_out: baseline.len() - pairs.rows(),
            one_sided: rows.one_sided(),
            at_worst: bounds.map(|bounds| scaled(bounds.at_worst.difference)),
            alpha: self.alpha.value(),
            margin: scaled(self.margin),
            rows_needed: evidence.rows_needed,
            detectable: evidence.detectable.map(scaled),
            percent: self.range.is_unit(),
            look: 1,
        })
    }

    fn evidence(&self, pairs: &PairedScores) -> Evidence {
        let draws = Draws {
            resamples: self.resamples,
            seed: self.seed,
        };
        Evidence::of(pairs, self.alpha, draws)
    }

    /// `None` if no row lacks the score of one program only.
    fn bounds(&self, rows: &PairedRows) -> Option<Bounds> {
        (rows.one_sided() > 0).then(|| Bounds {
            at_worst: self.evidence(&rows.completed_by(BEST, WORST)),
            at_best: self.evidence(&rows.completed_by(WORST, BEST)),
        })
    }

    fn decision(&self, rows: &PairedRows, seen: &Evidence, bounds: Option<&Bounds>) -> Decision {
        let at_worst = bounds.map_or(seen, |bounds| &bounds.at_worst);
        let at_best = bounds.map_or(seen, |bounds| &bounds.at_best);
        let rules_out_a_loss = |evidence: &Evidence| evidence.rules_out_a_loss_of(self.margin);
        if seen.shows_a_gain() && at_worst.shows_a_gain() && rows.are_mostly_complete() {
            Decision::Better
        } else if seen.shows_a_loss() && at_best.shows_a_loss() {
            Decision::Worse
        } else if self.has_no_headroom(rows) {
            Decision::NoHeadroom
        } else if rules_out_a_loss(seen) && rules_out_a_loss(at_worst) {
            Decision::NotWorse
        } else {
            Decision::Inconclusive
        }
    }

    /// Whether even a perfect candidate would not be recognized because the baseline is nearly
    /// perfect, and not because there are too few rows.
    fn has_no_headroom(&self, rows: &PairedRows) -> bool {
        let perfect = rows.against_perfection();
        let [baseline, _] = perfect.means();
        let little_room = perfect.len() > 0 && BEST - baseline <= LITTLE_ROOM;
        little_room && !self.evidence(&perfect).shows_a_gain()
    }
}

/// What the rows show if those that lack the score of one program only count against the candidate,
/// and if they count for it.
struct Bounds {
    at_worst: Evidence,
    at_best: Evidence,
}

/// Rounds to six significant digits. Further digits differ between the mathematics libraries of
/// machines.
fn tidy(value: f64) -> f64 {
    format!("{value:.5e}").parse().unwrap_or(value)
}
