//! The smallest difference that a hold-out can show.

use std::fmt;

use serde::Serialize;

use super::statistics::rows_for_binary;
use super::verdict::Decision;
use super::verdict_rule::VerdictRule;

/// The share of rows that change, of which the gain with power is computed.
const CHANGED: f64 = 0.20;

/// Gains are looked at in steps of a thousandth.
const STEPS: u32 = 1_000;

/// The smallest difference that a hold-out of a size can show, for scores that are right or wrong.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct SmallestDifference {
    /// The rows of the hold-out.
    pub rows: usize,
    /// The level of the verdict.
    pub alpha: f64,
    /// How many rows must be won, if none is lost, for the verdict to be
    /// [`Better`](super::Decision::Better). `None` if all rows do not suffice.
    pub wins: Option<usize>,
    /// The gain, as a share of the rows, that is found with a power of 80 % if 20 % of the rows change. `None` if no
    /// such gain is found with this power.
    pub gain: Option<f64>,
}

impl VerdictRule {
    /// The smallest difference that so many rows can show: by this rule itself if all changes are for the better,
    /// and by [`rows_for_binary`] at a power of 80 % if 20 % of the rows change.
    ///
    /// ```
    /// use dashoptimize::evaluate::VerdictRule;
    ///
    /// let smallest = VerdictRule::default().smallest_difference(100);
    /// assert_eq!(smallest.wins, Some(6));
    /// assert_eq!(smallest.gain, Some(0.124));
    /// assert_eq!(VerdictRule::default().smallest_difference(4).wins, None);
    /// ```
    #[must_use]
    pub fn smallest_difference(&self, rows: usize) -> SmallestDifference {
        let alpha = self.alpha();
        let steps = (1..=STEPS).map(|step| f64::from(step) / f64::from(STEPS));
        let mut gains = steps.take_while(|gain| *gain <= CHANGED);
        SmallestDifference {
            rows,
            alpha: alpha.value(),
            wins: (1..=rows).find(|wins| self.shows(rows, *wins)),
            gain: gains.find(|gain| {
                let needed = rows_for_binary(CHANGED, *gain, alpha);
                needed.is_some_and(|needed| needed <= rows as u64)
            }),
        }
    }

    /// Whether so many wins and no loss are better.
    fn shows(&self, rows: usize, wins: usize) -> bool {
        let (worst, best) = (self.range().worst(), self.range().best());
        let before = vec![Some(worst); rows];
        let mut after = before.clone();
        after[..wins].fill(Some(best));
        let verdict = self.judge(&before, &after);
        verdict.is_ok_and(|verdict| verdict.decision == Decision::Better)
    }
}

impl fmt::Display for SmallestDifference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let level = self.alpha * 100.0;
        match self.wins {
            Some(wins) => write!(f, "{wins} of {} rows won and none lost", self.rows)?,
            None => return write!(f, "none: {} rows are too few (level {level} %)", self.rows),
        }
        match self.gain {
            Some(gain) => write!(
                f,
                "; {:.1} points with a power of 80 % if 20 % of the rows change (level {level} %)",
                gain * 100.0
            ),
            None => write!(f, " (level {level} %); no gain with a power of 80 %"),
        }
    }
}
