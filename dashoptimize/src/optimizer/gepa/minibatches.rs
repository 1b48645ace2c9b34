//! The training rows that a proposal is made and tried on.

use crate::random::SeededRng;

/// Minibatches of training rows: all rows in a random order, then all rows in another one. Where a last
/// minibatch would be too small, it is filled with the rows that were drawn least often, none twice.
#[derive(Clone, Debug)]
pub(super) struct Minibatches {
    size: usize,
    /// How often each row was drawn.
    drawn: Vec<usize>,
    /// What is left of the current order.
    waiting: Vec<usize>,
    rng: SeededRng,
}

impl Minibatches {
    /// Minibatches of this size of so many rows. If there are fewer rows, each minibatch has all of them.
    pub(super) fn new(rows: usize, size: usize, rng: SeededRng) -> Self {
        Self {
            size: size.clamp(1, rows.max(1)),
            drawn: vec![0; rows],
            waiting: Vec::new(),
            rng,
        }
    }

    /// How many rows a minibatch has.
    pub(super) const fn size(&self) -> usize {
        self.size
    }

    /// The next minibatch.
    pub(super) fn next(&mut self) -> Vec<usize> {
        if self.waiting.is_empty() {
            self.waiting = (0..self.drawn.len()).collect();
            self.rng.shuffle(&mut self.waiting);
        }
        let rest = self.waiting.split_off(self.size.min(self.waiting.len()));
        let mut rows = std::mem::replace(&mut self.waiting, rest);
        for row in &rows {
            self.drawn[*row] += 1;
        }
        while rows.len() < self.size {
            let others = (0..self.drawn.len()).filter(|row| !rows.contains(row));
            let Some(row) = others.min_by_key(|row| self.drawn[*row]) else {
                break;
            };
            self.drawn[row] += 1;
            rows.push(row);
        }
        rows
    }

    /// Rows in place of a minibatch on which a candidate has nothing left to gain: those on which it did not
    /// reach the best score, the worst first, and rows that it was not run on. `score` is its score on a row,
    /// if it was run. `None` if there are no such rows.
    pub(super) fn hard(
        &mut self,
        score: impl Fn(usize) -> Option<f64>,
        is_perfect: impl Fn(f64) -> bool,
    ) -> Option<Vec<usize>> {
        let mut rows: Vec<usize> = (0..self.drawn.len()).collect();
        self.rng.shuffle(&mut rows);
        rows.retain(|row| !score(*row).is_some_and(&is_perfect));
        // Rows that were not run come last: nothing is known of them.
        rows.sort_by(|a, b| {
            let of = |row: &usize| score(*row).unwrap_or(f64::INFINITY);
            of(a).total_cmp(&of(b))
        });
        rows.truncate(self.size);
        for row in &rows {
            self.drawn[*row] += 1;
        }
        (!rows.is_empty()).then_some(rows)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn minibatches(rows: usize, size: usize) -> Minibatches {
        Minibatches::new(rows, size, SeededRng::new(0, "minibatches"))
    }

    /// The source puts one row twice into the last of three minibatches of 7 rows.
    #[test]
    fn no_minibatch_has_a_row_twice_and_all_rows_come_equally_often() {
        for rows in 1..12 {
            for size in 0..14 {
                let mut minibatches = minibatches(rows, size);
                let per_epoch = rows.div_ceil(minibatches.size());
                for epoch in 1..=4 {
                    for _ in 0..per_epoch {
                        let drawn = minibatches.next();
                        let distinct: BTreeSet<&usize> = drawn.iter().collect();
                        assert_eq!(drawn.len(), minibatches.size());
                        assert_eq!(
                            distinct.len(),
                            drawn.len(),
                            "{rows} rows, {size}: {drawn:?}"
                        );
                    }
                    let counts = &minibatches.drawn;
                    assert!(counts.iter().all(|count| *count >= epoch), "{counts:?}");
                }
            }
        }
    }

    #[test]
    fn hard_rows_are_those_that_are_not_perfect_or_not_known() {
        let scores = [Some(1.0), Some(0.5), None, Some(0.0), Some(1.0)];
        let mut minibatches = minibatches(5, 2);
        let hard = |minibatches: &mut Minibatches, scores: [Option<f64>; 5]| {
            minibatches.hard(|row| scores[row], |score| score >= 1.0)
        };
        assert_eq!(hard(&mut minibatches, scores), Some(vec![3, 1]));
        minibatches.size = 3;
        assert_eq!(hard(&mut minibatches, scores), Some(vec![3, 1, 2]));
        assert_eq!(hard(&mut minibatches, [Some(1.0); 5]), None);
    }
}
