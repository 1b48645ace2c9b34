//! The random numbers of the fuzzers.

use dashoptimize::engine::SeededRng;

/// Draws of one target.
pub(crate) struct Random(SeededRng);

impl Random {
    pub(crate) fn new(seed: u64, target: &str) -> Self {
        Self(SeededRng::new(seed, target))
    }

    /// A number below the bound, or 0 if the bound is 0.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        match bound {
            0 => 0,
            bound => usize::try_from(self.0.bits() % bound as u64).unwrap_or_default(),
        }
    }

    pub(crate) fn one_of<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        items.get(self.below(items.len()))
    }
}
