//! A candidate on all rows of a part.

use crate::evaluate::Measured;
use crate::lm::{Refusal, Spend};

/// A part of the data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// What optimizers learn from.
    Train,
    /// What they choose by.
    Val,
    /// What the result is judged by, once.
    Holdout,
}

impl Part {
    /// The name in reports and files.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Train => "train",
            Self::Val => "val",
            Self::Holdout => "holdout",
        }
    }
}

/// A candidate on all rows of a part.
#[derive(Clone, Debug)]
pub struct Evaluation {
    /// What was measured.
    pub measured: Measured,
    /// What the calls cost; replies from the journal count as when they were paid for.
    pub spend: Spend,
    /// Why the budget cut the evaluation short, where it did.
    pub(super) refused: Option<Refusal>,
}
