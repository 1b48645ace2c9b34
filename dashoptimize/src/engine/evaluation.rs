//! What an evaluation of a candidate gives.

use std::fmt;

use serde::Serialize;

use crate::evaluate::Measured;
use crate::lm::{Refusal, Spend};

/// The rows of an evaluation: a part of the data of an optimization, or all rows that were given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Part {
    /// The rows that optimizers learn from.
    Train,
    /// The rows by which optimizers choose.
    Val,
    /// The rows by which the result is judged, once.
    Holdout,
    /// All rows of an evaluation without an optimizer.
    Whole,
}

impl Part {
    /// The name in the names of files.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Train => "train",
            Self::Val => "val",
            Self::Holdout => "holdout",
            Self::Whole => "rows",
        }
    }
}

/// The name in reports: `train`, `val`, `hold-out` or `rows`.
impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Holdout => "hold-out",
            Self::Train | Self::Val | Self::Whole => self.as_str(),
        })
    }
}

/// How many rows each part of the data has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct PartSizes {
    /// Rows of the training part.
    pub train: usize,
    /// Rows of the validation part.
    pub val: usize,
    /// Rows of the hold-out; 0 without one.
    pub holdout: usize,
}

/// A candidate on all rows of a part.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Evaluation {
    /// What was measured.
    pub measured: Measured,
    /// What the calls cost. Replies from the journal count as if they were paid for now, so that the
    /// number is the same in a resumed run.
    pub spend: Spend,
    /// Why the budget cut the evaluation short, if it did.
    pub(super) refused: Option<Refusal>,
}
