//! The shares of the parts.

use std::fmt;

/// The shares of the three parts, in any unit: `40, 30, 30` is the same as `4, 3, 3`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ratio {
    train: u32,
    val: u32,
    holdout: u32,
}

impl Ratio {
    /// The shares of the training part, the validation part and the hold-out.
    #[must_use]
    pub const fn new(train: u32, val: u32, holdout: u32) -> Self {
        Self {
            train,
            val,
            holdout,
        }
    }
}

impl fmt::Display for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.train, self.val, self.holdout)
    }
}

impl Ratio {
    /// The three shares.
    pub(super) const fn shares(self) -> [u32; 3] {
        [self.train, self.val, self.holdout]
    }

    /// After how many of `n` rows the training part ends, and after how many the validation part.
    pub(super) fn cuts(self, n: usize) -> [usize; 2] {
        let [train, val, holdout] = self.shares().map(u128::from);
        let total = (train + val + holdout).max(1);
        let rounded = |share: u128| (n as u128 * share + total / 2) / total;
        [train, train + val].map(|share| usize::try_from(rounded(share)).unwrap_or(n))
    }
}
