//! The permutation test for paired scores.

use crate::random::SeededRng;

/// With at most this many differences, all sign patterns are tried, and p is exact.
const MOST_EXACT: usize = 13;

/// The two-sided p-value of the paired permutation test (Fisher's randomization test).
///
/// If there is no effect, baseline and candidate could change places in any row, so every difference
/// could just as well have the opposite sign. p is the share of sign patterns whose sum is at least as
/// far from 0 as the sum that was seen. With at most 13 differences other than 0, all patterns are
/// tried. Otherwise `resamples` of them are drawn from the seed, and the pattern that was seen counts
/// as one more, which keeps the level exact (Phipson & Smyth 2010, *Permutation P-values should never
/// be zero*).
///
/// Values that are not finite count as no difference.
///
/// ```
/// use dashoptimize::evaluate::statistics::sign_flip_test;
///
/// // Six gains: of 2^6 patterns, only two are as extreme.
/// let p = sign_flip_test(&[0.1, 0.2, 0.3, 0.1, 0.2, 0.4], 9_999, 7);
/// assert_eq!(p, 2.0 / 64.0);
/// ```
#[must_use]
pub fn sign_flip_test(differences: &[f64], resamples: u32, seed: u64) -> f64 {
    let changed: Vec<f64> = differences
        .iter()
        .copied()
        .filter(|difference| difference.is_finite() && *difference != 0.0)
        .collect();
    let seen = changed.iter().sum::<f64>().abs();
    // Sums of the same numbers in a different order may differ in the last digits.
    let slack = 1e-9
        * changed
            .iter()
            .map(|difference| difference.abs())
            .sum::<f64>();
    let is_extreme = |sum: f64| sum.abs() >= seen - slack;

    if changed.len() <= MOST_EXACT {
        let patterns = 1_u64 << changed.len();
        let extreme = (0..patterns)
            .filter(|pattern| is_extreme(flipped_sum(&changed, &[*pattern])))
            .count();
        return extreme as f64 / patterns as f64;
    }
    let mut rng = SeededRng::new(seed, "sign flips");
    let mut pattern = vec![0; changed.len().div_ceil(64)];
    let mut extreme = 1_u32;
    for _ in 0..resamples {
        pattern.fill_with(|| rng.bits());
        extreme += u32::from(is_extreme(flipped_sum(&changed, &pattern)));
    }
    f64::from(extreme) / (f64::from(resamples) + 1.0)
}

/// The sum of the values, with the sign of a value flipped if its bit is set.
fn flipped_sum(values: &[f64], pattern: &[u64]) -> f64 {
    let mut sum = 0.0;
    for (chunk, bits) in values.chunks(64).zip(pattern) {
        let mut bits = *bits;
        for value in chunk {
            sum += if bits & 1 == 0 { *value } else { -value };
            bits >>= 1;
        }
    }
    sum
}
