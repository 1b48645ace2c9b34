//! The order in which a race takes the rows.

use super::row_weights::{RowsByWeight, WEIGHTS};
use crate::random::SeededRng;

/// The order in which a race takes the rows: drawn one after the other without replacement, each with a
/// probability in proportion to its weight.
pub(super) struct RowOrder {
    left: RowsByWeight,
    rng: SeededRng,
}

/// A row that was drawn, and what could have been drawn in its place.
#[derive(Clone, Copy, Debug)]
pub(super) struct Draw {
    pub(super) row: usize,
    /// With which probability it was drawn.
    pub(super) probability: f64,
    /// How many rows of each weight were left, this one included.
    pub(super) left: [usize; WEIGHTS],
}

impl RowOrder {
    pub(super) const fn new(rows: RowsByWeight, rng: SeededRng) -> Self {
        Self { left: rows, rng }
    }
}

impl Draw {
    /// With which probability a row of each weight was drawn, of those weights of which there were rows.
    pub(super) fn probabilities(&self) -> impl Iterator<Item = (usize, f64)> {
        let total = total_weight(&self.left);
        let classes = (0..WEIGHTS).filter(|class| self.left[*class] > 0);
        classes.map(move |class| (class, (class + 1) as f64 / total as f64))
    }
}

impl Iterator for RowOrder {
    type Item = Draw;

    fn next(&mut self) -> Option<Draw> {
        let left = [0, 1, 2, 3].map(|class| self.left[class].len());
        let total = total_weight(&left);
        if total == 0 {
            return None;
        }
        let mut ticket = self.rng.below(total);
        for (class, rows) in self.left.iter_mut().enumerate() {
            let weight = class + 1;
            if ticket < weight * rows.len() {
                return Some(Draw {
                    row: rows.swap_remove(ticket / weight),
                    probability: weight as f64 / total as f64,
                    left,
                });
            }
            ticket -= weight * rows.len();
        }
        None
    }
}

fn total_weight(left: &[usize; WEIGHTS]) -> usize {
    let weights = left.iter().enumerate();
    weights.map(|(class, rows)| (class + 1) * rows).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows() -> RowsByWeight {
        [(0..10).collect(), (10..20).collect(), vec![], vec![20, 21]]
    }

    #[test]
    fn each_row_is_drawn_once_with_the_probability_that_is_said() {
        let mut counts = [0_u32; 22];
        for seed in 0..20_000 {
            let mut order = RowOrder::new(rows(), SeededRng::new(seed, "order"));
            let first = order.next().expect("there are rows");
            assert_eq!(first.left, [10, 10, 0, 2]);
            let classes: f64 = first
                .probabilities()
                .map(|(class, p)| p * first.left[class] as f64)
                .sum();
            assert!((classes - 1.0).abs() < 1e-12);
            counts[first.row] += 1;
            if seed < 10 {
                let mut all: Vec<usize> = order.map(|draw| draw.row).chain([first.row]).collect();
                all.sort_unstable();
                assert!(all.into_iter().eq(0..22));
            }
        }
        // The weights are 1, 2 and 4, of 38 in all.
        for (row, weight) in [(3, 1.0), (13, 2.0), (20, 4.0)] {
            let expected = 20_000.0 * weight / 38.0;
            assert!((f64::from(counts[row]) - expected).abs() < 4.0 * f64::sqrt(expected));
        }
    }
}
