//! Splitting one data set into parts.

use std::collections::HashMap;
use std::fmt;

use super::dataset::Dataset;
use super::error::DataError;
use super::splits::Splits;
use crate::random::SeededRng;

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

    /// After how many of `n` rows the training part ends, and after how many the validation part.
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

impl<E> Dataset<E> {
    /// Shuffles the rows with a seed and divides them into parts.
    ///
    /// The same rows, seed and ratio give the same parts on every machine. Rows of equal content are
    /// always put into the same part. A hold-out share of 0 gives splits without a hold-out.
    ///
    /// # Errors
    ///
    /// [`DataError::EmptyPart`] if a part would have no rows.
    pub fn split(self, seed: u64, ratio: Ratio) -> Result<Splits<E>, DataError> {
        let rows = self.rows.len();
        let mut groups = groups_of_equal_rows(self);
        let distinct = groups.len();
        SeededRng::new(seed, "split").shuffle(&mut groups);

        let [train_end, val_end] = ratio.cuts(rows);
        let mut parts: [Self; 3] = Default::default();
        let mut dealt = 0;
        for group in groups {
            let part = usize::from(dealt >= train_end) + usize::from(dealt >= val_end);
            dealt += group.len();
            parts[part].append(group);
        }

        let [train, val, holdout] = parts;
        let holdout = (ratio.holdout > 0).then_some(holdout);
        Splits::of_parts(train, val, holdout).map_err(|error| match error {
            DataError::EmptyPart { part, .. } => DataError::EmptyPart {
                part,
                hint: format!(
                    "{distinct} different rows were split {ratio}; use more rows or a larger share"
                ),
            },
            other => other,
        })
    }
}

/// Rows of equal content, group by group, so that all of them can go to the same part.
fn groups_of_equal_rows<E>(data: Dataset<E>) -> Vec<Dataset<E>> {
    let mut group_of = HashMap::new();
    let mut groups: Vec<Dataset<E>> = Vec::new();
    for ((row, origin), id) in data.rows.into_iter().zip(data.origins).zip(data.ids) {
        let group = *group_of.entry(id).or_insert(groups.len());
        if group == groups.len() {
            groups.push(Dataset::default());
        }
        groups[group].push(row, origin, id);
    }
    groups
}
