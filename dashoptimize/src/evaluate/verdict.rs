//! Whether a candidate is really better.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::statistics::Interval;

/// Below this many rows the advice is about getting more of them.
const FEW_ROWS: usize = 30;

/// What a hold-out says of a candidate against its baseline. [`VerdictRule`](super::VerdictRule)
/// makes one.
///
/// Its numbers are kept to six significant digits, so that a stored verdict is the same text on
/// every machine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Verdict {
    /// What to think of the candidate.
    pub decision: Decision,
    /// Mean worth of the baseline.
    pub baseline: f64,
    /// Mean worth of the candidate, on the same rows.
    pub candidate: f64,
    /// Mean difference, candidate minus baseline.
    pub difference: f64,
    /// Interval of the difference; it covers the truth in a share of `1 - alpha`. `None` where there
    /// are too few rows.
    pub interval: Option<Interval>,
    /// How likely a difference at least as large is without any effect, up or down.
    pub p: f64,
    /// How `p` and the interval were found.
    pub test: Test,
    /// Rows on which both have a worth.
    pub n: usize,
    /// Rows that say nothing, because provider, metric or budget failed in one of the two.
    pub left_out: usize,
    /// Level of the decision.
    pub alpha: f64,
    /// By how much a candidate may be worse and still count as not worse.
    pub margin: f64,
    /// Hold-out rows that would show a gain of the size seen, in 80 % of cases. `None` where no gain
    /// was seen.
    pub rows_needed: Option<u64>,
    /// The smallest gain that this hold-out shows in 80 % of cases. `None` where all rows agree.
    pub detectable: Option<f64>,
    /// Whether all worths lie in 0..1, and so can be told as percentages.
    pub percent: bool,
}

/// What to think of a candidate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// The candidate is better: p is at most alpha, and the difference is a gain.
    Better,
    /// No gain is shown, but a loss larger than the margin is ruled out.
    NotWorse,
    /// The hold-out cannot tell.
    Inconclusive,
    /// The candidate is worse: p is at most alpha, and the difference is a loss.
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

/// How p and the interval were found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Test {
    /// Every worth is 0 or 1: McNemar's exact test with mid-p; Newcombe's paired interval.
    McNemar,
    /// Worths of any size: the sign-flip permutation test; the BCa bootstrap interval.
    SignFlip,
}

impl fmt::Display for Test {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::McNemar => "exact McNemar",
            Self::SignFlip => "sign-flip permutation",
        })
    }
}

impl Verdict {
    /// Whether the candidate is [`Better`](Decision::Better): nothing else is put in the place of
    /// the baseline unasked.
    #[must_use]
    pub fn is_better(&self) -> bool {
        self.decision == Decision::Better
    }

    /// What to do now, in a sentence or two.
    #[must_use]
    pub fn what_next(&self) -> String {
        match self.decision {
            Decision::Better => {
                "Take the candidate; watch it with an A/B test where it is used.".to_owned()
            }
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
                                     for these rows have nothing left to gain."
                .to_owned(),
            Decision::Inconclusive => self.what_would_settle_it(),
        }
    }

    fn what_would_settle_it(&self) -> String {
        if self.n == 0 {
            return "Keep the baseline: no row was scored for both programs; see the failures."
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
                " These {} rows can show gains from about {smallest} on.",
                self.n
            ));
        }
        if self.n < FEW_ROWS {
            advice.push_str(
                " With so few rows: label more, or give the hold-out a larger share, and read the \
                 rows that changed by eye.",
            );
        }
        advice
    }

    /// A difference with its sign, in points of a percentage or as it is.
    fn points(&self, difference: f64) -> String {
        if self.percent {
            format!("{} points", signed(difference * 100.0, 1))
        } else {
            signed(difference, 3)
        }
    }

    /// A mean, as a percentage or as it is.
    fn mean(&self, mean: f64) -> String {
        if self.percent {
            format!("{:.1} %", mean * 100.0)
        } else {
            format!("{mean:.3}")
        }
    }
}

/// Such as `Better: 62.0 % → 72.0 % on 100 held-out rows (+10.0 points, 95 % +1.7 to +18.2, p =
/// 0.019, exact McNemar)`.
impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.n == 0 {
            write!(f, "{}: no held-out row was scored for both", self.decision)?;
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
                let (lower, upper) = (signed(lower * scale, digits), signed(upper * scale, digits));
                write!(f, ", {level} % {lower} to {upper}")?;
            }
            if self.p < 0.001 {
                write!(f, ", p < 0.001, {})", self.test)?;
            } else {
                write!(f, ", p = {:.3}, {})", self.p, self.test)?;
            }
        }
        match self.left_out {
            0 => Ok(()),
            1 => f.write_str("; 1 row left out, it has no score in one of the two"),
            many => write!(
                f,
                "; {many} rows left out, they have no score in one of the two"
            ),
        }
    }
}

/// With its sign; what rounds to nothing is `+0`, never `-0`.
fn signed(value: f64, digits: usize) -> String {
    let text = format!("{value:+.digits$}");
    if text.bytes().any(|digit| matches!(digit, b'1'..=b'9')) {
        text
    } else {
        format!("{:+.digits$}", 0.0)
    }
}
