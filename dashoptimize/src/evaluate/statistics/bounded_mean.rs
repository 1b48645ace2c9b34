//! The interval of a mean that also admits what was not seen.

use std::ops::RangeInclusive;

use super::{Alpha, Interval};
use crate::random::SeededRng;

/// The confidence interval of a mean of values that lie in a known range (Gaffke, Mathematical Methods
/// of Statistics 14, 2005, pages 451-467; Phan, Thomas & Learned-Miller, *Towards practical mean bounds
/// for small samples*, ICML 2021).
///
/// Each end is a quantile of the means that randomly weighted values have, together with one value
/// more that was not seen: the lowest of the range for the lower end, and the highest for the upper
/// end. So the interval covers the true mean at its level for any distribution in the range, however
/// few the values are and however rare a large loss is. Student's t and the bootstrap do not: if one
/// row in 20 loses nearly everything, a third of all samples of 20 rows shows no such row, and both
/// then give an interval without it.
///
/// For values that are all 0 or 1 it is the exact interval of Clopper & Pearson. For values that are
/// all the same, it ends where a share of `1 - (alpha / 2)^(1 / n)` of the rows has the lowest or the
/// highest value (the rule of three, at this level).
///
/// To compare two programs, pass the differences of their scores, row by row.
///
/// Returns `None` without values, without resamples, and if a value is not in the range.
///
/// ```
/// use dashoptimize::evaluate::statistics::{Alpha, bounded_mean_interval};
///
/// // 50 rows without any difference: up to 7 of 100 rows may still lose everything.
/// let same = [0.0; 50];
/// let interval = bounded_mean_interval(&same, -1.0..=1.0, Alpha::default(), 9_999, 7).unwrap();
/// assert!((interval.lower + 0.071).abs() < 0.005 && (interval.upper - 0.071).abs() < 0.005);
/// ```
#[must_use]
pub fn bounded_mean_interval(
    values: &[f64],
    range: RangeInclusive<f64>,
    alpha: Alpha,
    resamples: u32,
    seed: u64,
) -> Option<Interval> {
    let is_usable = range.start().is_finite() && range.end().is_finite();
    if values.is_empty() || resamples == 0 || !is_usable {
        return None;
    }
    if !values.iter().all(|value| range.contains(value)) {
        return None;
    }
    let (mut lower, mut upper) = weighted_means(values, &range, resamples, seed);
    // The rank that keeps the level for any number of resamples, as in a permutation test.
    let rank = (alpha.value() / 2.0 * (f64::from(resamples) + 1.0)) as usize;
    let Some(rank) = rank.checked_sub(1) else {
        let (lower, upper) = range.into_inner();
        return Some(Interval { lower, upper });
    };
    let from_above = upper.len() - 1 - rank;
    Some(Interval {
        lower: *lower.select_nth_unstable_by(rank, f64::total_cmp).1,
        upper: *upper.select_nth_unstable_by(from_above, f64::total_cmp).1,
    })
}

/// The means of the values and the lowest of the range, and of the values and the highest, with random
/// weights that are uniform over all weights whose sum is 1.
fn weighted_means(
    values: &[f64],
    range: &RangeInclusive<f64>,
    resamples: u32,
    seed: u64,
) -> (Vec<f64>, Vec<f64>) {
    let mut rng = SeededRng::new(seed, "weights");
    let mean_pair = |_| {
        let unseen = weight(&mut rng);
        let (mut weights, mut sum) = (unseen, 0.0);
        for value in values {
            let weight = weight(&mut rng);
            weights += weight;
            sum += weight * value;
        }
        let with = |extreme: f64| (sum + unseen * extreme) / weights;
        (with(*range.start()), with(*range.end()))
    };
    (0..resamples).map(mean_pair).unzip()
}

/// A draw from the exponential distribution. Such draws, divided by their sum, are uniform weights.
fn weight(rng: &mut SeededRng) -> f64 {
    // Above 0 and at most 1, with 53 bits.
    let uniform = ((rng.bits() >> 11) + 1) as f64 / (1_u64 << 53) as f64;
    -uniform.ln()
}
