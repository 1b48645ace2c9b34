//! The verdict: whether a candidate is better than its baseline.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::statistics::Interval;

/// With fewer rows, the advice is to get more of them.
const FEW_ROWS: usize = 30;

/// An end of an interval is written with at most this many digits after the point.
const MOST_DIGITS: usize = 9;

/// What a hold-out says about a candidate, compared with its baseline.
/// [`VerdictRule::judge`](super::VerdictRule::judge) makes one.
///
/// All scores are those of [`Outcome::score`](super::Outcome::score): failures of a program count as
/// the worst score of the metric's range. Numbers are rounded to six significant digits, so that a stored verdict is the same text on
/// every machine.
///
/// It is displayed as `Better: 62.0 % → 72.0 % on 100 held-out rows (+10.0 points, 95 % +1.5 to +18.9,
/// p = 0.031, exact McNemar)`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Verdict {
    /// The decision about the candidate.
    pub decision: Decision,
    /// The mean score of the baseline.
    pub baseline: f64,
    /// The mean score of the candidate, on the same rows.
    pub candidate: f64,
    /// The mean difference: candidate minus baseline.
    pub difference: f64,
    /// The confidence interval of the difference, at the level `1 - alpha`. It contains 0 if p is above
    /// alpha. `None` if no row has a score for both programs.
    pub interval: Option<Interval>,
    /// The two-sided p-value: how likely a difference at least as large is, in either direction, if
    /// there is no effect.
    pub p: f64,
    /// The test that `p` comes from.
    pub test: PairedTest,
    /// The number of rows on which both programs have a score.
    pub n: usize,
    /// How many rows have the inputs of another row. They are not in `n`.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub copies: usize,
    /// The number of rows that were left out of the means, of p and of the interval, because the
    /// provider or the budget failed for at least one of the two programs.
    pub left_out: usize,
    /// How many of the rows that were left out have the score of one program. The decision must also
    /// hold with these rows counted against the candidate.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub one_sided: usize,
    /// The mean difference with those rows counted against the candidate. `None` if there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_worst: Option<f64>,
    /// The significance level of the decision.
    pub alpha: f64,
    /// By how much a candidate may be worse and still count as not worse.
    pub margin: f64,
    /// How many hold-out rows would show a gain of the size that was seen, with a power of 80 %.
    /// `None` if no gain was seen.
    pub rows_needed: Option<u64>,
    /// The smallest gain that this hold-out would show, with a power of 80 %. `None` if the two
    /// programs have the same score on every row.
    pub detectable: Option<f64>,
    /// Whether the range of the scores is 0 to 1, so that they are written as percentages.
    pub percent: bool,
    /// Which look at the hold-out this is: 1, unless a run asked to
    /// [reopen](crate::engine::Run::reopen_holdout) it. From the second look on, a verdict is too favourable.
    #[serde(default = "first_look", skip_serializing_if = "is_first_look")]
    pub look: u32,
}

/// The decision about a candidate. [`VerdictRule`](super::VerdictRule) says how it is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Decision {
    /// The candidate is better: the interval of the difference is above 0, and p is at most alpha.
    Better,
    /// No gain was shown, but a loss larger than the margin is ruled out.
    NotWorse,
    /// The hold-out shows neither a gain nor a loss, and rules neither out.
    Inconclusive,
    /// The candidate is worse: the interval of the difference is below 0, and p is at most alpha.
    Worse,
    /// The baseline is so good that this hold-out could not tell it from a perfect candidate.
    NoHeadroom,
}

impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Better => "Better",
            Self::NotWorse => "Not worse",
            Self::Inconclusive => "Inconclusive",
            Self::Worse => "Worse",
            Self::NoHeadroom => "No headroom",
        })
    }
}

/// The test that the p-value of a [`Verdict`] comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum PairedTest {
    /// McNemar's exact test, if every score is the best or the worst of the range. The interval is
    /// Newcombe's paired interval, made wider if few rows differ.
    McNemar,
    /// The sign-flip permutation test, for scores of any kind. The interval is the wider of Student's t
    /// and the [bounded mean](super::statistics::bounded_mean_interval).
    SignFlip,
}

impl fmt::Display for PairedTest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::McNemar => "exact McNemar",
            Self::SignFlip => "sign-flip permutation",
        })
    }
}

impl Verdict {
    /// Whether the decision is [`Better`](Decision::Better). Only then does a candidate replace the
    /// baseline by default.
    #[must_use]
    pub fn is_better(&self) -> bool {
        self.decision == Decision::Better
    }

    /// Says which look at the hold-out it is.
    pub(crate) const fn at_look(mut self, look: u32) -> Self {
        self.look = look;
        self
    }

    /// Advice on what to do next, in a sentence or two.
    #[must_use]
    pub fn what_next(&self) -> String {
        let advice = self.advice();
        match self.look {
            ..=1 => advice,
            _ => format!("{advice} Confirm it on rows that no run has been judged by."),
        }
    }

    fn advice(&self) -> String {
        match self.decision {
            Decision::Better => "Take the candidate; watch it where it is used.".to_owned(),
            Decision::Worse => {
                "Keep the baseline; read the rows that the candidate lost before trying again."
                    .to_owned()
            }
            Decision::NotWorse => {
                let rows = self.rows_needed.map(|rows| {
                    let gain = self.points(self.difference);
                    format!(" About {rows} held-out rows would settle a gain of {gain}.")
                });
                format!(
                    "Keep the baseline, or take the candidate if it is cheaper or shorter.{}",
                    rows.unwrap_or_default()
                )
            }
            Decision::NoHeadroom => "Keep the baseline; add harder rows or a stricter metric, \
                                     since there is nothing left to gain on these rows."
                .to_owned(),
            Decision::Inconclusive => self.what_would_settle_it(),
        }
    }

    fn what_would_settle_it(&self) -> String {
        if self.n == 0 {
            return "Keep the baseline: no row has a score for both programs; see the failures."
                .to_owned();
        }
        let gain = self.points(self.difference);
        let mut advice = match self.rows_needed {
            Some(rows) => format!(
                "Keep the baseline for now: about {rows} held-out rows would settle a gain of \
                 {gain} (in 80 % of cases); this is {}.",
                self.n
            ),
            None => "Keep the baseline: no gain was seen.".to_owned(),
        };
        if let Some(smallest) = self.detectable {
            let smallest = self.points(smallest);
            advice.push_str(&format!(
                " These {} rows can show gains of about {smallest} or more.",
                self.n
            ));
        }
        if self.one_sided > 0 {
            advice.push_str(
                " Run it again: rows on which the provider or the budget failed for one program count \
                 against the candidate.",
            );
        }
        if self.n < FEW_ROWS {
            advice.push_str(
                " With so few rows: label more, or give the hold-out a larger share, and look at the \
                 rows that changed yourself.",
            );
        }
        advice
    }

    /// The rows that were left out.
    fn fmt_left_out(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.copies {
            0 => {}
            1 => f.write_str(
                "; 1 further row is a copy and counts with the row that it is a copy of",
            )?,
            many => write!(
                f,
                "; {many} further rows are copies and count with the rows that they are copies of"
            )?,
        }
        match self.left_out - self.one_sided.min(self.left_out) {
            0 => {}
            1 => f.write_str("; 1 row without a score for either program is left out")?,
            many => write!(
                f,
                "; {many} rows without a score for either program are left out"
            )?,
        }
        let bound = |difference| {
            let at_worst = self.points(difference);
            format!("of the mean, and counted against the candidate in the decision ({at_worst})")
        };
        match (self.one_sided, self.at_worst.map(bound)) {
            (_, None) => Ok(()),
            (1, Some(bound)) => {
                write!(
                    f,
                    "; 1 row with a score for one program only is left out {bound}"
                )
            }
            (many, Some(bound)) => {
                write!(
                    f,
                    "; {many} rows with a score for one program only are left out {bound}"
                )
            }
        }
    }

    /// A difference with its sign, in percentage points if the scores are percentages.
    fn points(&self, difference: f64) -> String {
        if self.percent {
            format!("{} points", signed(difference * 100.0, 1))
        } else {
            signed(difference, 3)
        }
    }

    /// A mean, as a percentage if the scores are percentages.
    fn mean(&self, mean: f64) -> String {
        if self.percent {
            format!("{:.1} %", mean * 100.0)
        } else {
            format!("{mean:.3}")
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.look > 1 {
            write!(f, "At look {} at the same hold-out: ", self.look)?;
        }
        if self.n == 0 {
            write!(
                f,
                "{}: no held-out row has a score for both programs",
                self.decision
            )?;
        } else {
            let (baseline, candidate) = (self.mean(self.baseline), self.mean(self.candidate));
            let rows = if self.n == 1 { "row" } else { "rows" };
            write!(
                f,
                "{}: {baseline} → {candidate} on {} held-out {rows} ({}",
                self.decision,
                self.n,
                self.points(self.difference)
            )?;
            if let Some(Interval { lower, upper }) = self.interval {
                let (scale, digits) = if self.percent { (100.0, 1) } else { (1.0, 3) };
                let level = (1e4 * (1.0 - self.alpha)).round() / 100.0;
                let end = |end: f64| signed_and_not_zero(end * scale, digits);
                let (lower, upper) = (end(lower), end(upper));
                write!(f, ", {level} % {lower} to {upper}")?;
            }
            if self.p < 0.001 {
                write!(f, ", p < 0.001, {})", self.test)?;
            } else {
                write!(f, ", p = {:.3}, {})", self.p, self.test)?;
            }
        }
        self.fmt_left_out(f)
    }
}

/// The value with its sign. A value that is rounded to zero is `+0`, never `-0`.
fn signed(value: f64, digits: usize) -> String {
    let text = format!("{value:+.digits$}");
    if text.bytes().any(|digit| matches!(digit, b'1'..=b'9')) {
        text
    } else {
        format!("{:+.digits$}", 0.0)
    }
}

/// The same, with as many digits more as it takes to tell the value from zero.
fn signed_and_not_zero(value: f64, digits: usize) -> String {
    (digits..=MOST_DIGITS)
        .map(|digits| signed(value, digits))
        .find(|text| value == 0.0 || text.contains(|digit: char| matches!(digit, '1'..='9')))
        .unwrap_or_else(|| signed(value, digits))
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
const fn is_zero(count: &usize) -> bool {
    *count == 0
}

const fn first_look() -> u32 {
    1
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
const fn is_first_look(look: &u32) -> bool {
    *look <= 1
}
