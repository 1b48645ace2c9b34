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

/// The largest share of rows that may be of a kind of which `n` rows show none: the exact bound, the
/// rule of three at this level. 1 without rows.
///
/// ```
/// use dashoptimize::evaluate::statistics::{Alpha, unseen_share};
///
/// // 0 of 100 rows: at most 3.6 % of all rows.
/// assert!((unseen_share(100, Alpha::default()) - 0.0362).abs() < 1e-4);
/// ```
#[must_use]
pub fn unseen_share(n: usize, alpha: Alpha) -> f64 {
    if n == 0 {
        return 1.0;
    }
    1.0 - (alpha.value() / 2.0).powf(1.0 / n as f64)
}

/// How many rows without any of a kind it takes to bound their [share](unseen_share).
///
/// Returns `None` if the share is not above 0.
#[must_use]
pub fn rows_to_bound_unseen(share: f64, alpha: Alpha) -> Option<u64> {
    if share <= 0.0 || share.is_nan() {
        return None;
    }
    if share >= 1.0 {
        return Some(1);
    }
    whole_rows((alpha.value() / 2.0).ln() / (1.0 - share).ln())
}

fn whole_rows(rows: f64) -> Option<u64> {
    rows.is_finite().then(|| rows.ceil() as u64)
}
