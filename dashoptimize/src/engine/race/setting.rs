//! Whether and how candidates race.

use serde_json::{Value, json};

use crate::evaluate::statistics::Alpha;

/// Whether and how candidates race: see [`Study::race`](crate::engine::Study::race).
///
/// ```
/// use dashoptimize::engine::{Racing, Run};
///
/// // Every candidate is evaluated on every validation row.
/// let run = Run::in_memory().racing(Racing::off());
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Racing {
    alpha: Alpha,
    rows: RaceRows,
    is_on: bool,
}

/// Which rows a race takes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum RaceRows {
    /// More probably those that tell more.
    TellingFirst,
    /// All with the same probability.
    AtRandom,
}

impl Racing {
    /// Every candidate is evaluated in full.
    #[must_use]
    pub fn off() -> Self {
        Self {
            is_on: false,
            ..Self::default()
        }
    }

    /// Sets with which probability a race may stop the candidate that is the best on the whole validation
    /// part. Default 0.05.
    #[must_use]
    pub const fn alpha(mut self, alpha: Alpha) -> Self {
        self.alpha = alpha;
        self
    }

    /// Draws all rows with the same probability. By default, rows are more probably drawn early if they told
    /// candidates apart before or leave room for improvement.
    #[must_use]
    pub const fn rows_at_random(mut self) -> Self {
        self.rows = RaceRows::AtRandom;
        self
    }

    pub(in crate::engine) const fn is_on(&self) -> bool {
        self.is_on
    }

    pub(super) const fn level(&self) -> Alpha {
        self.alpha
    }

    pub(super) fn draws_telling_rows_first(&self) -> bool {
        self.rows == RaceRows::TellingFirst
    }

    /// What the manifest of a run says: it decides which candidates are evaluated in full.
    pub(in crate::engine) fn settings(&self) -> Value {
        match self.is_on {
            true => json!({
                "alpha": self.alpha.value(),
                "telling_rows_first": self.draws_telling_rows_first(),
            }),
            false => json!("off"),
        }
    }
}

/// Candidates race at a level of 0.05, and rows that tell more are drawn earlier.
impl Default for Racing {
    fn default() -> Self {
        Self {
            alpha: Alpha::default(),
            rows: RaceRows::TellingFirst,
            is_on: true,
        }
    }
}
