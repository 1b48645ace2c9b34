//! The bootstrap interval of a mean.

use statrs::distribution::{ContinuousCDF, Normal};

use super::{Alpha, Interval};
use crate::random::SeededRng;

/// The confidence interval of a mean by the bootstrap, bias-corrected and accelerated (BCa: Efron 1987;
/// Efron & Tibshirani 1993, chapter 14).
///
/// To compare two programs, pass the differences of their scores, row by row. The method is BCa and
/// not plain percentiles, because most differences of graded scores are 0 and the others have a long
/// tail to one side, where percentiles miss the true mean more often. With fewer than about 20 values
/// every bootstrap interval is too narrow.
///
/// Returns `None` for fewer than two values, for 0 resamples, and if a value is not finite.
///
/// ```
/// use dashoptimize::evaluate::statistics::{Alpha, bootstrap_interval};
///
/// let gains: Vec<f64> = (0..50).map(|row| f64::from(row % 5) / 10.0).collect();
/// let interval = bootstrap_interval(&gains, Alpha::default(), 2_000, 7).unwrap();
/// assert!(interval.contains(0.2) && interval.lower > 0.15 && interval.upper < 0.25);
/// ```
#[must_use]
pub fn bootstrap_interval(
    values: &[f64],
    alpha: Alpha,
    resamples: u32,
    seed: u64,
) -> Option<Interval> {
    if values.len() < 2 || resamples == 0 || values.iter().any(|value| !value.is_finite()) {
        return None;
    }
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    let means = resampled_means(values, resamples, seed);
    let bias = bias(&means, mean);
    let acceleration = acceleration(values, mean);
    let normal = Normal::standard();
    let at = |side: f64| {
        let shifted = bias + side;
        let quantile = normal.cdf(bias + shifted / (1.0 - acceleration * shifted));
        let rank = (quantile * means.len() as f64) as usize;
        means[rank.min(means.len() - 1)]
    };
    Some(Interval {
        lower: at(-alpha.z()),
        upper: at(alpha.z()),
    })
}

/// The means of rows drawn with replacement, sorted.
fn resampled_means(values: &[f64], resamples: u32, seed: u64) -> Vec<f64> {
    let n = values.len();
    let mut rng = SeededRng::new(seed, "bootstrap");
    let mut means: Vec<f64> = (0..resamples)
        .map(|_| (0..n).map(|_| values[rng.below(n)]).sum::<f64>() / n as f64)
        .collect();
    means.sort_unstable_by(f64::total_cmp);
    means
}

/// How far the median of the resampled means is from the mean, in standard deviations. Ties count
/// half, because means of scores on a grid are often equal.
fn bias(sorted: &[f64], mean: f64) -> f64 {
    let slack = 1e-12 * mean.abs().max(1.0);
    let below = sorted.partition_point(|resampled| *resampled < mean - slack);
    let not_above = sorted.partition_point(|resampled| *resampled <= mean + slack);
    let n = sorted.len() as f64;
    let share = (below + not_above) as f64 / (2.0 * n);
    Normal::standard().inverse_cdf(share.clamp(0.5 / n, 1.0 - 0.5 / n))
}

/// How fast the spread changes with the mean. For a mean, the jackknife gives a sixth of the skewness
/// divided by the square root of n.
fn acceleration(values: &[f64], mean: f64) -> f64 {
    let power = |exponent: i32| -> f64 {
        values
            .iter()
            .map(|value| (value - mean).powi(exponent))
            .sum()
    };
    let spread = power(2);
    if spread > 0.0 {
        power(3) / (6.0 * spread.powf(1.5))
    } else {
        0.0
    }
}
