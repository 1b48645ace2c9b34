//! What SIMBA draws and computes of scores.

use crate::engine::SeededRng;

/// A number of a Poisson distribution. With a mean that is not a positive number, it is 0.
pub(super) fn poisson(rng: &mut SeededRng, mean: f64) -> usize {
    // Knuth's algorithm, in steps of a mean that `exp` does not round to 0.
    const STEP: f64 = 30.0;
    let mut left = if mean > 0.0 { mean.min(1e6) } else { 0.0 };
    let mut drawn = 0;
    while left > 0.0 {
        let end = (-left.min(STEP)).exp();
        let mut product = rng.unit();
        while product > end {
            drawn += 1;
            product *= rng.unit();
        }
        left -= STEP;
    }
    drawn
}

/// The weights with which items of these averages are drawn: `exp(average / temperature)`. At a temperature of
/// 0, only the best ones have a weight.
pub(super) fn softmax(averages: &[f64], temperature: f64) -> Vec<f64> {
    let most = averages.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let weight = |average: &f64| match temperature > 0.0 {
        true => ((average - most) / temperature).exp(),
        false => f64::from(u8::from(*average >= most)),
    };
    averages.iter().map(weight).collect()
}

/// A percentile with linear interpolation; 0 if there are no values.
pub(super) fn percentile(values: &[f64], percent: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let Some(last) = sorted.len().checked_sub(1) else {
        return 0.0;
    };
    let place = percent / 100.0 * last as f64;
    let (below, above) = (place.floor() as usize, place.ceil() as usize);
    let share = place - place.floor();
    sorted[below] + share * (sorted[above.min(last)] - sorted[below])
}

/// So many indices from 0 to `last`, evenly spaced, each once.
pub(super) fn evenly_spaced(last: usize, steps: usize) -> Vec<usize> {
    let place = |step: usize| (step as f64 * last as f64 / steps.max(1) as f64).round() as usize;
    let mut places: Vec<usize> = (0..=steps).map(place).collect();
    places.dedup();
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn poisson_numbers_have_mean_and_variance_of_their_parameter() {
        for mean in [0.25, 3.0, 75.0] {
            let mut rng = SeededRng::new(1, "poisson");
            let drawn: Vec<f64> = (0..20_000)
                .map(|_| poisson(&mut rng, mean) as f64)
                .collect();
            let found = drawn.iter().sum::<f64>() / 20_000.0;
            let variance = drawn.iter().map(|n| (n - found).powi(2)).sum::<f64>() / 20_000.0;
            assert!((found / mean - 1.0).abs() < 0.05, "{mean}: mean {found}");
            assert!(
                (variance / mean - 1.0).abs() < 0.06,
                "{mean}: variance {variance}"
            );
        }
        let mut rng = SeededRng::new(1, "poisson");
        for mean in [0.0, -1.0, f64::NAN] {
            assert_eq!(poisson(&mut rng, mean), 0);
        }
    }

    #[test]
    fn softmax_does_not_overflow_and_has_a_limit_at_0() {
        assert_eq!(softmax(&[1e6, 1e6], 0.2), [1.0, 1.0]);
        let weights = softmax(&[0.5, 0.7], 0.2);
        assert!((weights[0] / weights[1] - (-1.0_f64).exp()).abs() < 1e-12);
        assert_eq!(softmax(&[0.5, 0.7, 0.7], 0.0), [0.0, 1.0, 1.0]);
        assert_eq!(softmax(&[], 0.2), [0.0; 0]);
    }

    #[test]
    fn percentiles_are_interpolated() {
        let values = [4.0, 1.0, 3.0, 2.0, 5.0];
        assert_eq!(percentile(&values, 0.0), 1.0);
        assert_eq!(percentile(&values, 50.0), 3.0);
        assert!((percentile(&values, 90.0) - 4.6).abs() < 1e-12);
        assert_eq!(percentile(&values, 100.0), 5.0);
        assert_eq!(percentile(&[2.0], 10.0), 2.0);
        assert_eq!(percentile(&[], 10.0), 0.0);
    }

    #[test]
    fn programs_are_spaced_evenly() {
        assert_eq!(evenly_spaced(8, 6), [0, 1, 3, 4, 5, 7, 8]);
        assert_eq!(evenly_spaced(2, 6), [0, 1, 2]);
        assert_eq!(evenly_spaced(0, 6), [0]);
        assert_eq!(evenly_spaced(5, 0), [0]);
    }
}
