//! How many rows it takes to show a difference.

use statrs::distribution::{ContinuousCDF, Normal};

use super::Alpha;

/// The power: how often a difference of the stated size is found by a hold-out of that size.
const POWER: f64 = 0.80;

fn z_power() -> f64 {
    Normal::standard().inverse_cdf(POWER)
}

/// How many rows it takes to show a difference of two paired shares with a power of 80 %, if a share
/// `discordant` of the rows is a win or a loss (Connor, Biometrics 43, 1987, pages 207-211).
///
/// Returns `None` if the difference is 0 or larger than the discordant share.
///
/// ```
/// use dashoptimize::evaluate::statistics::{Alpha, rows_for_binary};
///
/// // 20 % of the rows change, 12.5 % for the better and 7.5 % for the worse: 5 points.
/// assert_eq!(rows_for_binary(0.20, 0.05, Alpha::default()), Some(626));
/// ```
#[must_use]
pub fn rows_for_binary(discordant: f64, difference: f64, alpha: Alpha) -> Option<u64> {
    let squared = difference * difference;
    if squared == 0.0 || discordant > 1.0 || difference.abs() > discordant {
        return None;
    }
    let reach = alpha.z() * discordant.sqrt() + z_power() * (discordant - squared).sqrt();
    whole_rows(reach * reach / squared)
}

/// How many rows it takes to show a mean paired difference with a power of 80 %, if the differences
/// have this standard deviation: the usual normal formula, with Guenther's correction for the t
/// distribution (The American Statistician 35, 1981, pages 243-244).
///
/// Returns `None` if the difference is 0.
#[must_use]
pub fn rows_for_graded(deviation: f64, difference: f64, alpha: Alpha) -> Option<u64> {
    if difference == 0.0 {
        return None;
    }
    let z = alpha.z();
    whole_rows(((z + z_power()) * deviation / difference).powi(2) + z * z / 2.0)
}

/// The smallest mean paired difference that `n` rows show with a power of 80 %, by the normal formula.
///
/// Returns `None` without rows or if the standard deviation is 0.
#[must_use]
pub fn detectable_difference(n: usize, deviation: f64, alpha: Alpha) -> Option<f64> {
    (n > 0 && deviation > 0.0).then(|| (alpha.z() + z_power()) * deviation / (n as f64).sqrt())
}

fn whole_rows(rows: f64) -> Option<u64> {
    rows.is_finite().then(|| rows.ceil() as u64)
}
