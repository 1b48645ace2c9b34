//! What an evaluation measured.

use std::fmt;

use super::outcome::Outcome;
use super::statistics::{Alpha, Interval, t_interval, wilson_interval};

/// What an evaluation measured: scores, and beside them what could not be scored.
///
/// An error is not a score: [`mean`](Self::mean) is over the rows that the metric judged, and
/// [`failures`](Self::failures) counts the others by kind. [`worth`](Self::worth) is the number to
/// compare programs by.
///
/// Only an evaluation can make one; a score that nobody measured cannot be written down:
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
    failures: Failures,
    scored: Summary,
    worth: Summary,
    /// One entry per row; a worth that is not known is not a number.
    worths: Vec<f64>,
}

impl Measured {
    /// Number of rows that were tried.
    #[must_use]
    pub const fn n(&self) -> usize {
        self.worths.len()
    }

    /// Number of rows that the metric judged.
    #[must_use]
    pub const fn scored(&self) -> usize {
        self.scored.n
    }

    /// The rows that were not judged, by what failed.
    #[must_use]
    pub const fn failures(&self) -> Failures {
        self.failures
    }

    /// Mean over the judged rows. `None` where there is none.
    #[must_use]
    pub fn mean(&self) -> Option<f64> {
        self.scored.mean()
    }

    /// 95 % interval of [`mean`](Self::mean): Wilson's where every score is 0 or 1; else Student's
    /// t, cut to 0..1 where all scores lie there. `None` where there are too few rows to tell.
    #[must_use]
    pub fn interval(&self) -> Option<Interval> {
        self.scored.interval()
    }

    /// Mean [worth](Outcome::worth): a row on which the program itself failed counts as 0; one that
    /// provider, metric or budget failed does not count. `None` where no row counts.
    #[must_use]
    pub fn worth(&self) -> Option<f64> {
        self.worth.mean()
    }

    /// 95 % interval of [`worth`](Self::worth), by the same methods.
    #[must_use]
    pub fn worth_interval(&self) -> Option<Interval> {
        self.worth.interval()
    }

    /// The [worth](Outcome::worth) of every row, in the order of the rows.
    pub fn worths(&self) -> impl ExactSizeIterator<Item = Option<f64>> + '_ {
        self.worths
            .iter()
            .map(|worth| (!worth.is_nan()).then_some(*worth))
    }
}

/// Numbers of rows that were not judged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Failures {
    /// The reply could not be read.
    pub parse: usize,
    /// The program's own code failed.
    pub program: usize,
    /// The model could not be asked.
    pub provider: usize,
    /// The metric failed.
    pub metric: usize,
    /// The budget did not allow the call.
    pub refused: usize,
}

impl Failures {
    /// All of them.
    #[must_use]
    pub const fn total(&self) -> usize {
        self.parse + self.program + self.provider + self.metric + self.refused
    }
}

/// Nothing where nothing failed; else such as `4 replies did not parse, 1 call refused`.
impl fmt::Display for Failures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kinds = [
            (self.parse, "reply did not parse", "replies did not parse"),
            (self.program, "program error", "program errors"),
            (self.provider, "provider error", "provider errors"),
            (self.metric, "metric error", "metric errors"),
            (self.refused, "row without budget", "rows without budget"),
        ];
        let mut comma = "";
        for (count, one, many) in kinds {
            if count > 0 {
                write!(f, "{comma}{count} {}", if count == 1 { one } else { many })?;
                comma = ", ";
            }
        }
        Ok(())
    }
}

/// Such as `62.0 % of 100 rows (95 % 52.2–70.9)`; with failures such as `64.6 % of 96 scored rows
/// (95 % 54.6–73.4); of 100 rows: 4 replies did not parse; worth 62.0 % in all`. Scores outside of
/// 0..1 are written as they are.
impl fmt::Display for Measured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(mean) = self.mean() else {
            write!(f, "no score on {} rows", self.n())?;
            return match self.failures.total() {
                0 => Ok(()),
                _ => write!(f, ": {}", self.failures),
            };
        };
        let (scale, digits, unit) = if self.worth.in_unit {
            (100.0, 1, " %")
        } else {
            (1.0, 3, "")
        };
        let failed = self.failures.total() > 0;
        let rows = if failed { "scored rows" } else { "rows" };
        let mean = mean * scale;
        write!(f, "{mean:.digits$}{unit} of {} {rows}", self.scored())?;
        if let Some(interval) = self.interval() {
            let (lower, upper) = (interval.lower * scale, interval.upper * scale);
            write!(f, " (95 % {lower:.digits$}–{upper:.digits$})")?;
        }
        if failed {
            write!(f, "; of {} rows: {}", self.n(), self.failures)?;
            let worth = self.worth().unwrap_or_default() * scale;
            write!(f, "; worth {worth:.digits$}{unit} in all")?;
        }
        Ok(())
    }
}

/// Makes a [`Measured`] of outcomes, one by one and in the order of the rows. It keeps one number
/// per row and nothing else.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    failures: Failures,
    scored: Summary,
    worth: Summary,
    worths: Vec<f64>,
}

impl Tally {
    /// Adds the next row.
    pub(crate) fn push(&mut self, outcome: &Outcome) {
        match outcome {
            Outcome::Scored(score) => self.scored.push(score.value()),
            Outcome::ParseFailed { .. } => self.failures.parse += 1,
            Outcome::ProgramFailed { .. } => self.failures.program += 1,
            Outcome::ProviderFailed { .. } => self.failures.provider += 1,
            Outcome::MetricFailed { .. } => self.failures.metric += 1,
            Outcome::Refused { .. } => self.failures.refused += 1,
        }
        let worth = outcome.worth();
        if let Some(worth) = worth {
            self.worth.push(worth);
        }
        self.worths.push(worth.unwrap_or(f64::NAN));
    }

    /// What was measured.
    pub(crate) fn finish(self) -> Measured {
        Measured {
            failures: self.failures,
            scored: self.scored,
            worth: self.worth,
            worths: self.worths,
        }
    }
}

/// Mean and spread of values that are not kept (Welford 1962).
#[derive(Clone, Copy, Debug)]
struct Summary {
    n: usize,
    /// Beside Welford's running mean, because whole counts must give exact means.
    sum: f64,
    running_mean: f64,
    squares: f64,
    /// All values are 0 or 1.
    binary: bool,
    /// All values lie in 0..1.
    in_unit: bool,
}

impl Default for Summary {
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

impl Summary {
    fn push(&mut self, value: f64) {
        self.n += 1;
        self.sum += value;
        let step = value - self.running_mean;
        self.running_mean += step / self.n as f64;
        self.squares += step * (value - self.running_mean);
        self.binary &= value == 0.0 || value == 1.0;
        self.in_unit &= (0.0..=1.0).contains(&value);
    }

    fn mean(&self) -> Option<f64> {
        (self.n > 0).then(|| self.sum / self.n as f64)
    }

    fn interval(&self) -> Option<Interval> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::Score;

    fn scored(value: f64) -> Outcome {
        Score::new(value).map_or_else(
            |error| Outcome::MetricFailed {
                error: error.to_string(),
            },
            Outcome::Scored,
        )
    }

    fn failures() -> [Outcome; 5] {
        let error = || "broken".to_owned();
        [
            Outcome::ParseFailed { error: error() },
            Outcome::ProgramFailed { error: error() },
            Outcome::ProviderFailed { error: error() },
            Outcome::MetricFailed { error: error() },
            Outcome::Refused { error: error() },
        ]
    }

    fn measured(outcomes: &[Outcome]) -> Measured {
        let mut tally = Tally::default();
        outcomes.iter().for_each(|outcome| tally.push(outcome));
        tally.finish()
    }

    #[test]
    fn i6_errors_are_not_scores() {
        let clean = measured(&[scored(1.0), scored(0.0), scored(1.0), scored(1.0)]);
        let mut outcomes = vec![scored(1.0), scored(0.0), scored(1.0), scored(1.0)];
        outcomes.extend(failures());
        let broken = measured(&outcomes);

        assert_eq!(clean.mean(), Some(0.75));
        assert_eq!(broken.mean(), clean.mean());
        assert_eq!(broken.interval(), clean.interval());
        assert_eq!((broken.n(), broken.scored()), (9, 4));
        let counts = broken.failures();
        assert_eq!(
            [
                counts.parse,
                counts.program,
                counts.provider,
                counts.metric,
                counts.refused
            ],
            [1; 5]
        );
    }

    #[test]
    fn i6_only_what_the_program_failed_at_is_worth_nothing() {
        let mut outcomes = vec![scored(1.0), scored(1.0)];
        outcomes.extend(failures());
        let measured = measured(&outcomes);

        // Two right, two failed by the program; three rows say nothing.
        assert_eq!(measured.worth(), Some(0.5));
        let worths: Vec<_> = measured.worths().collect();
        assert_eq!(
            worths,
            [Some(1.0), Some(1.0), Some(0.0), Some(0.0), None, None, None]
        );
    }

    #[test]
    fn i6_without_a_score_there_is_no_mean() {
        let measured = measured(&failures()[2..]);
        assert_eq!((measured.mean(), measured.worth()), (None, None));
        assert_eq!(measured.interval(), None);
        assert_eq!(
            measured.to_string(),
            "no score on 3 rows: 1 provider error, 1 metric error, 1 row without budget"
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
    fn failures_stand_beside_the_mean() {
        let mut outcomes: Vec<_> = (0..96)
            .map(|row| scored(f64::from(u8::from(row < 62))))
            .collect();
        outcomes.extend((0..4).map(|_| failures()[0].clone()));
        assert_eq!(
            measured(&outcomes).to_string(),
            "64.6 % of 96 scored rows (95 % 54.6–73.4); of 100 rows: 4 replies did not parse; \
             worth 62.0 % in all"
        );
    }

    #[test]
    fn graded_scores_get_a_t_interval() {
        let outcomes: Vec<_> = [2.0, 4.0, 6.0].map(scored).into();
        let measured = measured(&outcomes);
        // Mean 4, deviation 2, t(2) = 4.303.
        let interval = measured.interval().map(|interval| interval.upper);
        assert!(
            interval.is_some_and(|upper| (upper - (4.0 + 4.303 * 2.0 / 3_f64.sqrt())).abs() < 1e-2)
        );
        assert_eq!(measured.to_string(), "4.000 of 3 rows (95 % -0.968–8.968)");
    }

    #[test]
    fn means_of_whole_counts_are_exact() {
        let outcomes: Vec<_> = (0..10_000)
            .map(|row| scored(f64::from(u8::from(row % 10 < 3))))
            .collect();
        assert_eq!(measured(&outcomes).mean(), Some(0.3));
    }
}
