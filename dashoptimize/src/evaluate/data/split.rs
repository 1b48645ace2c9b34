//! Cutting one data set into parts.

use std::collections::HashMap;
use std::fmt;

use super::dataset::Dataset;
use super::error::DataError;
use super::splits::Splits;
use crate::random::SeededRng;

/// Shares of the parts, in any unit: `40, 30, 30` is the same as `4, 3, 3`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ratio {
    train: u32,
    val: u32,
    holdout: u32,
}

impl Ratio {
    /// Shares of train, val and hold-out.
    #[must_use]
    pub const fn new(train: u32, val: u32, holdout: u32) -> Self {
        Self {
            train,
            val,
            holdout,
        }
    }

    /// After how many of `n` rows the train part ends, and the val part.
    fn cuts(self, n: usize) -> [usize; 2] {
        let [train, val, holdout] = [self.train, self.val, self.holdout].map(u128::from);
        let total = (train + val + holdout).max(1);
        let rounded = |share: u128| (n as u128 * share + total / 2) / total;
        [train, train + val].map(|share| usize::try_from(rounded(share)).unwrap_or(n))
    }
}

impl fmt::Display for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.train, self.val, self.holdout)
    }
}

/// Shuffles groups of equal rows and deals them to the parts, so that no row of the one part is
/// equal to a row of another.
pub(super) fn split<E>(data: Dataset<E>, seed: u64, ratio: Ratio) -> Result<Splits<E>, DataError> {
    let rows = data.rows.len();
    let mut group_of = HashMap::new();
    let mut groups: Vec<Vec<_>> = Vec::new();
    for ((row, origin), id) in data.rows.into_iter().zip(data.origins).zip(data.ids) {
        let group = *group_of.entry(id).or_insert(groups.len());
        if group == groups.len() {
            groups.push(Vec::new());
        }
        groups[group].push((row, origin, id));
    }
    let distinct = groups.len();
    SeededRng::new(seed, "split").shuffle(&mut groups);

    let [train_end, val_end] = ratio.cuts(rows);
    let mut parts: [Dataset<E>; 3] = Default::default();
    let mut dealt = 0;
    for group in groups {
        let part = usize::from(dealt >= train_end) + usize::from(dealt >= val_end);
        dealt += group.len();
        for (row, origin, id) in group {
            parts[part].push(row, origin, id);
        }
    }

    let [train, val, holdout] = parts;
    let wants_holdout = ratio.holdout > 0;
    let named = [("train", &train), ("val", &val), ("hold-out", &holdout)];
    for (part, set) in named {
        if set.is_empty() && (part != "hold-out" || wants_holdout) {
            return Err(DataError::EmptyPart {
                part,
                hint: format!(
                    "{distinct} different rows were split {ratio}; use more rows or a larger share"
                ),
            });
        }
    }
    Splits::of_parts(train, val, wants_holdout.then_some(holdout))
}
