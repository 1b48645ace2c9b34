//! Random numbers that are the same on every machine and in every version.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// A stream of random numbers that depends on a seed and a purpose, and on nothing else.
///
/// `rand` may change how it shuffles and draws between its versions; here only the ChaCha8 stream
/// itself is taken, which cannot change, and the rest is written out.
#[derive(Debug)]
pub(crate) struct SeededRng(ChaCha8Rng);

impl SeededRng {
    /// The stream of this seed for this purpose. Two purposes share no numbers. Of the purpose the
    /// first 24 bytes count.
    pub(crate) fn new(seed: u64, purpose: &str) -> Self {
        let mut key = [0; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        for (slot, byte) in key[8..].iter_mut().zip(purpose.bytes()) {
            *slot = byte;
        }
        Self(ChaCha8Rng::from_seed(key))
    }

    /// 64 fair coins.
    pub(crate) fn bits(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// A whole number below `n`, each equally likely; 0 where `n` is 0.
    ///
    /// Lemire, *Fast random integer generation in an interval* (2019).
    pub(crate) fn below(&mut self, n: usize) -> usize {
        let n = n as u64;
        loop {
            let wide = u128::from(self.bits()) * u128::from(n);
            let low = wide as u64;
            // Only draws from the uneven rest are drawn again.
            if low >= n || low >= n.wrapping_neg() % n {
                return (wide >> 64) as usize;
            }
        }
    }

    /// Puts the items in a random order (Fisher and Yates).
    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Splits that were published with a seed must stay what they are.
    #[test]
    fn i4_the_stream_of_a_seed_never_changes() {
        let mut items: Vec<u8> = (0..10).collect();
        SeededRng::new(7, "split").shuffle(&mut items);
        assert_eq!(items, [3, 5, 2, 8, 0, 1, 7, 9, 6, 4]);
    }

    #[test]
    fn draws_are_even() {
        let mut rng = SeededRng::new(1, "test");
        let mut counts = [0_u32; 3];
        for _ in 0..30_000 {
            counts[rng.below(3)] += 1;
        }
        assert!(counts.iter().all(|&count| count.abs_diff(10_000) < 400));
    }

    #[test]
    fn purposes_do_not_share_numbers() {
        assert_ne!(SeededRng::new(1, "a").bits(), SeededRng::new(1, "b").bits());
    }
}
