//! The one source of random numbers: the same on every machine, in every version and in every run.

use std::convert::Infallible;

use rand::{Rng, SeedableRng, TryRng};
use rand_chacha::ChaCha8Rng;
use sha2::{Digest, Sha256};

/// A stream of random numbers that depends only on a seed and a purpose.
///
/// It is a generator of the crate `rand`, so an optimizer can use everything in that crate. But `rand`
/// may change how it shuffles and draws between versions; then the same seed would put other rows
/// into the hold-out, and a run folder could not be resumed. So `dashoptimize` itself uses only the
/// methods of this type, which are written out here. They build on the ChaCha8 stream alone, which
/// cannot change.
///
/// ```
/// use dashoptimize::engine::SeededRng;
/// use rand::RngExt;
///
/// let mut rng = SeededRng::new(7, "which demos");
/// let mut order = [0, 1, 2, 3];
/// rng.shuffle(&mut order);
/// let temperature = rng.random_range(0.0..1.0);
/// # let _: (f64, _) = (temperature, order);
/// ```
#[derive(Clone, Debug)]
pub struct SeededRng(ChaCha8Rng);

impl SeededRng {
    /// Makes the stream of this seed for this purpose. Give each use a different purpose, so that
    /// another draw in one place changes nothing in another place.
    #[must_use]
    pub fn new(seed: u64, purpose: &str) -> Self {
        let mut key = [0; 32];
        let (head, tail) = key.split_at_mut(8);
        head.copy_from_slice(&seed.to_le_bytes());
        // A purpose that is too long for the key is hashed, so that no letter of it is ignored.
        let digest = Sha256::digest(purpose);
        let name = if purpose.len() <= tail.len() {
            purpose.as_bytes()
        } else {
            &digest
        };
        for (slot, byte) in tail.iter_mut().zip(name) {
            *slot = *byte;
        }
        Self(ChaCha8Rng::from_seed(key))
    }

    /// 64 random bits.
    pub fn bits(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// A whole number below `n`, each with the same probability; 0 if `n` is 0.
    pub fn below(&mut self, n: usize) -> usize {
        // Lemire, Fast random integer generation in an interval (2019).
        let n = n as u64;
        loop {
            let wide = u128::from(self.bits()) * u128::from(n);
            let low = wide as u64;
            // Draws from the incomplete last interval are rejected.
            if low >= n || low >= n.wrapping_neg() % n {
                return (wide >> 64) as usize;
            }
        }
    }

    /// A number from 0 to 1, without 1 itself, each of the multiples of 2⁻⁵³ with the same probability.
    pub fn unit(&mut self) -> f64 {
        const STEP: f64 = 1.0 / (1_u64 << 53) as f64;
        (self.bits() >> 11) as f64 * STEP
    }

    /// Draws one of several items by their weights, and returns its index; 0 if there is none. A weight that
    /// is not a positive number counts as 0. If all do, each item has the same probability.
    pub fn weighted(&mut self, weights: impl IntoIterator<Item = f64>) -> usize {
        let weight = |weight: f64| if weight > 0.0 { weight } else { 0.0 };
        let weights: Vec<f64> = weights.into_iter().map(weight).collect();
        let total: f64 = weights.iter().sum();
        if total <= 0.0 || !total.is_finite() {
            return self.below(weights.len());
        }
        let mut left = self.unit() * total;
        for (index, weight) in weights.iter().enumerate() {
            left -= weight;
            if left < 0.0 {
                return index;
            }
        }
        // What is left is due to rounding.
        weights
            .iter()
            .rposition(|weight| *weight > 0.0)
            .unwrap_or(0)
    }

    /// Puts the items in a random order.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        // The algorithm of Fisher and Yates.
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
    }

    /// Draws `count` of the numbers below `n`, each at most once, in a random order; all of them if
    /// there are fewer.
    #[must_use]
    pub fn sample(&mut self, n: usize, count: usize) -> Vec<usize> {
        let mut numbers: Vec<usize> = (0..n).collect();
        self.shuffle(&mut numbers);
        numbers.truncate(count);
        numbers
    }
}

impl TryRng for SeededRng {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(self.0.next_u32())
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(self.0.next_u64())
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        self.0.fill_bytes(bytes);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A split that was published with its seed must never change.
    #[test]
    fn i4_the_stream_of_a_seed_never_changes() {
        let mut items: Vec<u8> = (0..10).collect();
        SeededRng::new(7, "split").shuffle(&mut items);
        assert_eq!(items, [3, 5, 2, 8, 0, 1, 7, 9, 6, 4]);
        assert_eq!(SeededRng::new(7, "sample").sample(100, 3), [39, 94, 98]);
    }

    #[test]
    fn draws_are_uniform() {
        let mut rng = SeededRng::new(1, "test");
        let mut counts = [0_u32; 3];
        for _ in 0..30_000 {
            counts[rng.below(3)] += 1;
        }
        assert!(counts.iter().all(|&count| count.abs_diff(10_000) < 400));
    }

    #[test]
    fn a_unit_is_in_its_range_and_uniform() {
        let mut rng = SeededRng::new(1, "test");
        let draws: Vec<f64> = (0..30_000).map(|_| rng.unit()).collect();
        assert!(draws.iter().all(|draw| (0.0..1.0).contains(draw)));
        let mean = draws.iter().sum::<f64>() / 30_000.0;
        assert!((mean - 0.5).abs() < 0.01, "{mean}");
    }

    #[test]
    fn items_are_drawn_by_weight() {
        let mut rng = SeededRng::new(1, "test");
        let mut counts = [0_u32; 4];
        for _ in 0..30_000 {
            counts[rng.weighted([1.0, 0.0, 2.0, f64::NAN])] += 1;
        }
        assert_eq!((counts[1], counts[3]), (0, 0));
        assert!(counts[0].abs_diff(10_000) < 400, "{counts:?}");
        // Without weights, all are equal.
        let drawn: Vec<usize> = (0..100).map(|_| rng.weighted([0.0; 3])).collect();
        assert!((0..3).all(|index| drawn.contains(&index)));
        assert_eq!(rng.weighted([]), 0);
    }

    #[test]
    fn a_sample_has_no_number_twice_and_ends_with_all() {
        let mut sample = SeededRng::new(1, "test").sample(20, 30);
        sample.sort_unstable();
        assert!(sample.into_iter().eq(0..20));
    }

    #[test]
    fn purposes_do_not_share_numbers_however_long_they_are() {
        let long = "the same beginning of more than 32 bytes, ";
        let bits = |end: &str| SeededRng::new(1, &format!("{long}{end}")).bits();
        assert_ne!(bits("a"), bits("b"));
    }
}
