//! Splitting one data set into parts.

use std::collections::HashMap;
use std::hash::Hash;

use super::dataset::Dataset;
use super::deal::{Group, deal, deal_strata};
use super::error::DataError;
use super::ratio::Ratio;
use super::splits::{Overlap, Splits};
use crate::random::SeededRng;

impl<E> Dataset<E> {
    /// Shuffles the rows with a seed and divides them into parts.
    ///
    /// The same rows, seed and ratio give the same parts on every machine. Rows with the same inputs are
    /// always put into the same part; texts that differ only in case or blanks are the same. A hold-out
    /// share of 0 gives splits without a hold-out.
    ///
    /// # Errors
    ///
    /// [`DataError::EmptyPart`] if a part would have no rows.
    pub fn split(self, seed: u64, ratio: Ratio) -> Result<Splits<E>, DataError> {
        self.split_by(seed, ratio, |_| None::<()>)
    }

    /// As [`split`](Self::split), and rows with the same key are put into the same part too: all
    /// questions of one user, all sentences of one document.
    ///
    /// A key of `None` groups nothing.
    ///
    /// ```
    /// use dashoptimize::evaluate::{Dataset, Ratio};
    ///
    /// // 30 rows of 10 users.
    /// let rows: Vec<(u32, u32)> = (0..30).map(|row| (row % 10, row)).collect();
    /// let data = Dataset::from_vec_serde(rows)?;
    /// let splits = data.split_by(7, Ratio::new(40, 30, 30), |(user, _)| Some(*user))?;
    /// let users = |rows: &[(u32, u32)]| rows.iter().map(|(user, _)| *user).collect::<Vec<_>>();
    /// let (train, val) = (users(splits.train()), users(splits.val()));
    /// assert!(train.iter().all(|user| !val.contains(user)));
    /// # Ok::<(), dashoptimize::evaluate::DataError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`DataError::EmptyPart`] if a part would have no rows.
    pub fn split_by<K: Eq + Hash>(
        self,
        seed: u64,
        ratio: Ratio,
        key: impl Fn(&E) -> Option<K>,
    ) -> Result<Splits<E>, DataError> {
        let mut groups = self.groups(key);
        SeededRng::new(seed, "split").shuffle(&mut groups);
        let parts = deal(&groups, ratio);
        self.divide(&groups, &parts, ratio)
    }

    /// As [`split`](Self::split), with each label about as frequent in every part as in the whole: use
    /// it where some labels are rare.
    ///
    /// ```
    /// use dashoptimize::evaluate::{Dataset, Ratio};
    ///
    /// // 4 of 40 rows are of the rare kind.
    /// let data = Dataset::from_vec_serde((0..40).collect::<Vec<u32>>())?;
    /// let splits = data.stratified_by(7, Ratio::new(50, 25, 25), |row| *row < 4)?;
    /// assert_eq!(splits.train().iter().filter(|row| **row < 4).count(), 2);
    /// assert_eq!(splits.val().iter().filter(|row| **row < 4).count(), 1);
    /// # Ok::<(), dashoptimize::evaluate::DataError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`DataError::EmptyPart`] if a part would have no rows.
    pub fn stratified_by<L: Eq + Hash>(
        self,
        seed: u64,
        ratio: Ratio,
        label: impl Fn(&E) -> L,
    ) -> Result<Splits<E>, DataError> {
        let mut groups = self.groups(|_| None::<()>);
        SeededRng::new(seed, "split").shuffle(&mut groups);
        let mut strata = HashMap::new();
        let strata_of: Vec<usize> = groups
            .iter()
            .map(|group| {
                let next = strata.len();
                let label = group.first().map(|row| label(&self.rows[*row]));
                *strata.entry(label).or_insert(next)
            })
            .collect();
        let parts = deal_strata(&groups, &strata_of, ratio);
        self.divide(&groups, &parts, ratio)
    }

    /// The rows that have to stay together: those with the same inputs, and those with the same key.
    /// A group stands where its first row stands.
    fn groups<K: Eq + Hash>(&self, key: impl Fn(&E) -> Option<K>) -> Vec<Group> {
        let mut joined = Joined::new(self.rows.len());
        let (mut by_input, mut by_key) = (HashMap::new(), HashMap::new());
        for (index, (row, place)) in self.rows.iter().zip(&self.places).enumerate() {
            joined.join(*by_input.entry(place.input).or_insert(index), index);
            if let Some(key) = key(row) {
                joined.join(*by_key.entry(key).or_insert(index), index);
            }
        }
        joined.groups()
    }

    /// Moves each group to its part.
    fn divide(
        self,
        groups: &[Group],
        parts: &[usize],
        ratio: Ratio,
    ) -> Result<Splits<E>, DataError> {
        let hint = hint(groups, self.rows.len(), ratio);
        let mut rows: Vec<_> = self.rows.into_iter().zip(self.places).map(Some).collect();
        let mut sets: [Self; 3] = Default::default();
        for (group, part) in groups.iter().zip(parts) {
            for row in group {
                if let Some((row, place)) = rows[*row].take() {
                    sets[*part].push(row, place);
                }
            }
        }
        let [train, val, holdout] = sets;
        let [.., share] = ratio.shares();
        let holdout = (share > 0).then_some(holdout);
        let splits = Splits::of_parts(train, val, holdout, Overlap::Refuse);
        splits.map_err(|error| match error {
            DataError::EmptyPart { part, .. } => DataError::EmptyPart { part, hint },
            other => other,
        })
    }
}

/// What to do about a part without rows.
fn hint(groups: &[Group], rows: usize, ratio: Ratio) -> String {
    let distinct = groups.len();
    let largest = groups.iter().map(Vec::len).max().unwrap_or_default();
    let largest = match largest {
        0 | 1 => String::new(),
        largest => format!(" ({largest} of the {rows} rows have to stay together)"),
    };
    format!(
        "{distinct} different rows{largest} were split {ratio}; use more rows or a larger share"
    )
}

/// Rows that have been joined to groups.
struct Joined {
    /// A row that stands before the row in its group, or the row itself if it is the first.
    before: Vec<usize>,
}

impl Joined {
    fn new(rows: usize) -> Self {
        Self {
            before: (0..rows).collect(),
        }
    }

    fn join(&mut self, one: usize, other: usize) {
        let (one, other) = (self.first(one), self.first(other));
        self.before[one.max(other)] = one.min(other);
    }

    fn first(&mut self, row: usize) -> usize {
        let mut first = row;
        while self.before[first] != first {
            self.before[first] = self.before[self.before[first]];
            first = self.before[first];
        }
        first
    }

    fn groups(mut self) -> Vec<Group> {
        let mut groups: Vec<Group> = Vec::new();
        let mut numbers = HashMap::new();
        for row in 0..self.before.len() {
            let number = *numbers.entry(self.first(row)).or_insert(groups.len());
            if number == groups.len() {
                groups.push(Group::new());
            }
            groups[number].push(row);
        }
        groups
    }
}
