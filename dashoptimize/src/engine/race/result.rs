//! How a race ended.

use std::fmt;

use super::stopped::StoppedEvaluation;
use crate::engine::evaluation::Evaluation;
use crate::lm::{Spend, Usd};

/// How a race ended.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Race {
    /// What became of each candidate, in the order of the candidates.
    pub raced: Vec<Raced>,
    /// What the race saved.
    pub saved: SavedSpend,
}

/// What became of a candidate in a race.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Raced {
    /// It was evaluated on all rows.
    Finished(Evaluation),
    /// It was shown to be worse than another one.
    Stopped(StoppedEvaluation),
}

impl Raced {
    /// What was measured on all rows. `None` if the candidate was stopped.
    #[must_use]
    pub const fn evaluation(&self) -> Option<&Evaluation> {
        match self {
            Self::Finished(evaluation) => Some(evaluation),
            Self::Stopped(_) => None,
        }
    }

    /// The score at worst on all rows. `None` if the candidate was stopped.
    #[must_use]
    pub fn score_at_worst(&self) -> Option<f64> {
        self.evaluation()?.measured.score_at_worst()
    }
}

impl Race {
    /// The index of the candidate with the best score on all rows; of equal ones the first.
    #[must_use]
    pub fn best(&self) -> Option<usize> {
        let scores = self.raced.iter().map(Raced::score_at_worst).enumerate();
        let finished = scores.filter_map(|(index, score)| Some((index, score?)));
        let best = finished.reduce(|best, next| if next.1 > best.1 { next } else { best });
        best.map(|(index, _)| index)
    }
}

/// About how much more it would have cost to run the stopped candidates on all rows, by what their other rows
/// cost.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct SavedSpend {
    /// Rows that were not run.
    pub rows: u64,
    /// Calls.
    pub calls: f64,
    /// Dollars. `None` where a price is unknown.
    pub usd: Option<f64>,
}

impl SavedSpend {
    pub(in crate::engine) const NOTHING: Self = Self {
        rows: 0,
        calls: 0.0,
        usd: Some(0.0),
    };

    /// What so many rows would have cost, if `of` rows cost this much.
    pub(super) fn rows(rows: usize, spend: &Spend, of: usize) -> Self {
        let factor = rows as f64 / of.max(1) as f64;
        Self {
            rows: rows as u64,
            calls: spend.calls as f64 * factor,
            usd: spend.cost.map(|cost| Usd::as_usd(cost) * factor),
        }
    }
}

impl std::ops::AddAssign for SavedSpend {
    fn add_assign(&mut self, other: Self) {
        self.rows += other.rows;
        self.calls += other.calls;
        self.usd = self.usd.zip(other.usd).map(|(own, other)| own + other);
    }
}

/// `about 61 calls, $0.04`
impl fmt::Display for SavedSpend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let calls = self.calls.round();
        let plural = if calls == 1.0 { "" } else { "s" };
        write!(f, "about {calls} call{plural}")?;
        match self.usd {
            Some(usd) if usd > 0.0 => write!(f, ", ${usd:.2}"),
            _ => Ok(()),
        }
    }
}
