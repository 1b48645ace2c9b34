//! What an evaluation measured.

use std::fmt;

use super::check_counts::{self, CheckCount, CheckCounts};
use super::failure_counts::FailureCounts;
use super::failure_reasons::FailureReasons;
use super::outcome::Outcome;
use super::score_range::ScoreRange;
use super::score_summary::ScoreSummary;
use super::statistics::Interval;
use crate::adapter::BrokenCheck;

/// What an evaluation measured: the scores, and how many rows could not be scored.
///
/// An error is not a score, so there are two means:
///
/// - [`score`](Self::score) is the number that tells how good a program is. A row on which the program failed
///   counts as the worst score of the metric's [range](Self::range), which is 0 by default; that
///   includes requests that the provider rejects, and answers on which the metric fails. A row on
///   which the provider or the budget failed is left out, because it says nothing about the program.
/// - [`mean_of_scored`](Self::mean_of_scored) is over the rows that the metric judged, and over no
///   others. [`failures`](Self::failures) counts the other rows by what failed.
///
/// It is displayed as `62.0 % of 100 rows (95 % 52.2–70.9)`: the score and its interval. What failed
/// follows: `62.0 % of 100 rows (95 % 52.2–70.9); counted as 0: 4 replies did not parse; 64.6 % of 96
/// scored rows`. Only scores in the range 0 to 1 are written as percentages.
///
/// Only an evaluation can make one, so that nobody can write down a score that was not measured:
///
/// ```compile_fail
/// use dashoptimize::evaluate::Measured;
///
/// let invented = Measured { n: 100, ..Measured::default() };
/// ```
///
/// ```compile_fail
/// let tally = dashoptimize::evaluate::measured::Tally::default();
/// ```
#[derive(Clone, Debug)]
pub struct Measured {
    failures: FailureCounts,
    scored: ScoreSummary,
    score: ScoreSummary,
    /// One entry per row: a score, [`FAILED`] or [`UNKNOWN`].
    scores: Vec<f64>,
    broken_checks: Vec<CheckCount>,
    commonest_failure: Option<(String, usize)>,
}

impl Measured {
    /// The number of rows that the program was run on.
    #[must_use]
    pub const fn n(&self) -> usize {
        self.scores.len()
    }

    /// The number of rows that the metric judged.
    #[must_use]
    pub const fn scored(&self) -> usize {
        self.scored.n
    }

    /// The numbers of rows that the metric did not judge, by what failed.
    #[must_use]
    pub const fn failures(&self) -> FailureCounts {
        self.failures
    }

    /// The range of the metric's scores.
    #[must_use]
    pub const fn range(&self) -> ScoreRange {
        self.score.range()
    }

    /// The mean [score](Outcome::score), with failures of the program as the worst one: the number to
    /// compare programs by. `None` if no row has a score.
    #[must_use]
    pub fn score(&self) -> Option<f64> {
        self.score.mean()
    }

    /// The 95 % interval of [`score`](Self::score), by the methods of
    /// [`interval_of_scored`](Self::interval_of_scored).
    #[must_use]
    pub fn score_interval(&self) -> Option<Interval> {
        self.score.interval()
    }

    /// The [score](Outcome::score) of every row, in the order of the rows.
    pub fn scores(&self) -> impl ExactSizeIterator<Item = Option<f64>> + '_ {
        let range = self.range();
        self.scores.iter().map(move |row| read(*row, range))
    }

    /// The [score](Outcome::score) of the row of this index; `None` if there is no such row.
    pub(crate) fn score_of(&self, row: usize) -> Option<Option<f64>> {
        Some(read(*self.scores.get(row)?, self.range()))
    }

    /// Which `check`s were broken by the outputs of the program or of its steps, and on how many rows. A
    /// broken `check` changes no score.
    #[must_use]
    pub fn broken_checks(&self) -> &[CheckCount] {
        &self.broken_checks
    }

    /// Why the program failed on most of the rows on which it failed, and on how many of them. `None` if
    /// it never failed.
    #[must_use]
    pub fn commonest_failure(&self) -> Option<(&str, usize)> {
        let (reason, rows) = self.commonest_failure.as_ref()?;
        Some((reason, *rows))
    }

    /// The mean over the rows that the metric judged. `None` if it judged none.
    #[must_use]
    pub fn mean_of_scored(&self) -> Option<f64> {
        self.scored.mean()
    }

    /// The 95 % interval of [`mean_of_scored`](Self::mean_of_scored): Wilson's if every score is the
    /// best or the worst of the range. Otherwise it is Student's t, made wide enough for as many rows
    /// with the best or the worst score as may exist although none was seen. `None` without rows.
    #[must_use]
    pub fn interval_of_scored(&self) -> Option<Interval> {
        self.scored.interval()
    }
}

impl fmt::Display for Measured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.score() {
            Some(score) => write!(f, "{}", self.of_rows(score, self.score.n, "row"))?,
            None => f.write_str("no row has a score")?,
        }
        if let Some(interval) = self.score_interval() {
            let (scale, digits, _) = self.scale();
            let (lower, upper) = (interval.lower * scale, interval.upper * scale);
            write!(f, " (95 % {lower:.digits$}–{upper:.digits$})")?;
        }
        self.fmt_failures(f)?;
        check_counts::fmt_all(&self.broken_checks, f)
    }
}

impl Measured {
    /// By what a score is multiplied to be written, how many digits follow the point, and the unit.
    fn scale(&self) -> (f64, usize, &'static str) {
        if self.range().is_unit() {
            (100.0, 1, " %")
        } else {
            (1.0, 3, "")
        }
    }

    /// `62.0 % of 100 rows`
    fn of_rows(&self, mean: f64, n: usize, row: &str) -> String {
        let (scale, digits, unit) = self.scale();
        let plural = if n == 1 { "" } else { "s" };
        format!("{:.digits$}{unit} of {n} {row}{plural}", mean * scale)
    }

    fn fmt_failures(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let failed = self.failures.of_program();
        if failed > 0 {
            let failures = self.failures.only_of_program();
            write!(f, "; counted as {}: {failures}", self.range().worst())?;
            match self.mean_of_scored() {
                Some(mean) => write!(f, "; {}", self.of_rows(mean, self.scored.n, "scored row"))?,
                None => f.write_str("; no row was scored")?,
            }
        }
        if self.failures.total() > failed {
            write!(f, "; left out: {}", self.failures.only_others())?;
        }
        Ok(())
    }
}

/// Makes a [`Measured`] of outcomes. It keeps one number per row and nothing else, and what it makes does not
/// depend on the order in which the rows are added.
#[derive(Clone, Debug)]
pub(crate) struct Tally {
    range: ScoreRange,
    failures: FailureCounts,
    scores: Vec<f64>,
    broken_checks: CheckCounts,
    reasons: FailureReasons,
}

impl Tally {
    /// Measures by a metric of this range.
    pub(crate) fn new(range: ScoreRange) -> Self {
        Self {
            range,
            failures: FailureCounts::default(),
            scores: Vec::new(),
            broken_checks: CheckCounts::default(),
            reasons: FailureReasons::default(),
        }
    }

    /// Adds the next row: how it ended, and the `check`s that were broken on it.
    pub(crate) fn push<'b>(
        &mut self,
        outcome: &Outcome,
        broken: impl Iterator<Item = (&'b str, &'b BrokenCheck)>,
    ) {
        self.put(self.scores.len(), outcome, broken);
    }

    /// Adds the row of this index.
    pub(crate) fn put<'b>(
        &mut self,
        row: usize,
        outcome: &Outcome,
        broken: impl Iterator<Item = (&'b str, &'b BrokenCheck)>,
    ) {
        self.broken_checks.push(broken);
        self.reasons.push(outcome);
        self.failures.count(outcome);
        let rows = self.scores.len().max(row + 1);
        self.scores.resize(rows, UNKNOWN);
        self.scores[row] = match (outcome.metric_score(), outcome.score(self.range)) {
            (Some(score), _) => score.value(),
            (None, Some(_)) => FAILED,
            (None, None) => UNKNOWN,
        };
    }

    /// What was measured, if these are the only rows that there are.
    pub(crate) fn finish_on(mut self, rows: &[usize]) -> Measured {
        let score = |row: &usize| self.scores.get(*row).copied().unwrap_or(UNKNOWN);
        self.scores = rows.iter().map(score).collect();
        self.finish()
    }

    /// What was measured.
    pub(crate) fn finish(self) -> Measured {
        let mut scored = ScoreSummary::new(self.range);
        let mut score = ScoreSummary::new(self.range);
        for row in &self.scores {
            if row.is_finite() {
                scored.push(*row);
            }
            if let Some(value) = read(*row, self.range) {
                score.push(value);
            }
        }
        Measured {
            failures: self.failures,
            scored,
            score,
            scores: self.scores,
            broken_checks: self.broken_checks.finish(),
            commonest_failure: self.reasons.commonest(),
        }
    }
}

/// A row on which the program failed, and one whose score is not known. A score is a finite number.
const FAILED: f64 = f64::NEG_INFINITY;
const UNKNOWN: f64 = f64::NAN;

/// The score of a row.
fn read(row: f64, range: ScoreRange) -> Option<f64> {
    match row {
        FAILED => Some(range.worst()),
        row => row.is_finite().then_some(row),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::Score;

    fn scored(value: f64) -> Outcome {
        Outcome::Scored(Score::new(value).expect("a finite number"))
    }

    fn failures() -> [Outcome; 7] {
        let error = || "broken".to_owned();
        [
            Outcome::ParseFailed { error: error() },
            Outcome::Unanswered { error: error() },
            Outcome::ProgramFailed { error: error() },
            Outcome::RequestFailed { error: error() },
            Outcome::MetricFailed { error: error() },
            Outcome::ProviderFailed { error: error() },
            Outcome::Refused { error: error() },
        ]
    }

    fn measured(outcomes: &[Outcome]) -> Measured {
        measured_in(ScoreRange::default(), outcomes)
    }

    fn measured_in(range: ScoreRange, outcomes: &[Outcome]) -> Measured {
        let mut tally = Tally::new(range);
        let none = std::iter::empty;
        outcomes
            .iter()
            .for_each(|outcome| tally.push(outcome, none()));
        tally.finish()
    }

    fn range(worst: f64, best: f64) -> ScoreRange {
        ScoreRange::new(worst, best).expect("a range")
    }

    #[test]
    fn i6_errors_are_not_scores() {
        let clean = measured(&[scored(1.0), scored(0.0), scored(1.0), scored(1.0)]);
        let mut outcomes = vec![scored(1.0), scored(0.0), scored(1.0), scored(1.0)];
        outcomes.extend(failures());
        let broken = measured(&outcomes);

        assert_eq!(clean.mean_of_scored(), Some(0.75));
        assert_eq!(broken.mean_of_scored(), clean.mean_of_scored());
        assert_eq!(broken.interval_of_scored(), clean.interval_of_scored());
        assert_eq!((broken.n(), broken.scored()), (11, 4));
        let counts = broken.failures();
        assert_eq!(
            [
                counts.parse,
                counts.unanswered,
                counts.program,
                counts.request,
                counts.metric,
                counts.provider,
                counts.refused
            ],
            [1; 7]
        );
    }

    #[test]
    fn i15_failures_of_the_program_count_as_the_worst_score_and_others_are_left_out() {
        let mut outcomes = vec![scored(1.0), scored(1.0)];
        outcomes.extend(failures());

        // Two right, five failed by the program; two rows say nothing.
        let default = measured(&outcomes);
        assert_eq!(default.score(), Some(2.0 / 7.0));
        let zero = Some(0.0);
        let scores: Vec<_> = default.scores().collect();
        let one = Some(1.0);
        let expected = [one, one, zero, zero, zero, zero, zero, None, None];
        assert_eq!(scores, expected);

        let signed = measured_in(range(-1.0, 1.0), &outcomes);
        assert_eq!(signed.score(), Some((2.0 - 5.0) / 7.0));
        assert_eq!(signed.mean_of_scored(), Some(1.0));
        let words = signed.to_string();
        assert!(
            words.starts_with("-0.429 of 7 rows (95 % ")
                && words.contains("; counted as -1: ")
                && words.ends_with("; left out: 1 provider error, 1 row without budget"),
            "{words}"
        );
    }

    #[test]
    fn i15_with_scores_below_0_not_answering_is_the_worst_answer() {
        let penalty = range(-1.0, 0.0);
        let wrong = measured_in(penalty, &[scored(-1.0), scored(0.0)]);
        let silent = measured_in(penalty, &[failures()[0].clone(), failures()[0].clone()]);
        assert!(silent.score() < wrong.score());
        // Two scores are possible, so this is a share: Wilson's 1 of 2, from 9.5 % to 90.5 %.
        let interval = wrong.interval_of_scored().expect("two rows");
        assert!((interval.lower + 0.905).abs() < 1e-3 && (interval.upper + 0.095).abs() < 1e-3);
    }

    #[test]
    fn i6_without_a_score_there_is_no_mean() {
        let measured = measured(&failures()[5..]);
        assert_eq!((measured.mean_of_scored(), measured.score()), (None, None));
        assert_eq!(measured.interval_of_scored(), None);
        assert_eq!(
            measured.to_string(),
            "no row has a score; left out: 1 provider error, 1 row without budget"
        );
    }

    #[test]
    fn a_program_that_always_fails_has_a_score_of_0_and_no_mean() {
        let measured = measured(&failures()[..5]);
        assert_eq!(
            (measured.mean_of_scored(), measured.score()),
            (None, Some(0.0))
        );
        assert_eq!(
            measured.to_string(),
            "0.0 % of 5 rows (95 % 0.0–43.4); counted as 0: 1 reply did not parse, 1 reply cut or refused, \
             1 program error, 1 request rejected, 1 metric error; no row was scored"
        );
    }

    #[test]
    fn binary_scores_get_wilsons_interval() {
        let outcomes: Vec<_> = (0..100)
            .map(|row| scored(f64::from(u8::from(row < 62))))
            .collect();
        assert_eq!(
            measured(&outcomes).to_string(),
            "62.0 % of 100 rows (95 % 52.2–70.9)"
        );
    }

    #[test]
    fn failures_are_shown_next_to_the_mean() {
        let mut outcomes: Vec<_> = (0..96)
            .map(|row| scored(f64::from(u8::from(row < 62))))
            .collect();
        outcomes.extend((0..4).map(|_| failures()[0].clone()));
        assert_eq!(
            measured(&outcomes).to_string(),
            "62.0 % of 100 rows (95 % 52.2–70.9); counted as 0: 4 replies did not parse; 64.6 % \
             of 96 scored rows"
        );
    }

    #[test]
    fn graded_scores_get_a_t_interval() {
        let outcomes: Vec<_> = [2.0, 4.0, 6.0].map(scored).into();
        let measured = measured_in(range(0.0, 10.0), &outcomes);
        // Mean 4, deviation 2, t(2) = 4.303.
        let interval = measured.interval_of_scored().map(|interval| interval.upper);
        assert!(
            interval.is_some_and(|upper| (upper - (4.0 + 4.303 * 2.0 / 3_f64.sqrt())).abs() < 1e-2)
        );
        assert_eq!(measured.to_string(), "4.000 of 3 rows (95 % 0.000–8.968)");
    }

    #[test]
    fn equal_graded_scores_have_an_interval() {
        let outcomes = vec![scored(0.5); 25];
        // At most 13.7 % of all rows have another score although 25 rows show none.
        let words = measured(&outcomes).to_string();
        assert_eq!(words, "50.0 % of 25 rows (95 % 43.1–56.9)");
    }

    #[test]
    fn means_of_whole_counts_are_exact() {
        let outcomes: Vec<_> = (0..10_000)
            .map(|row| scored(f64::from(u8::from(row % 10 < 3))))
            .collect();
        assert_eq!(measured(&outcomes).mean_of_scored(), Some(0.3));
    }
}
