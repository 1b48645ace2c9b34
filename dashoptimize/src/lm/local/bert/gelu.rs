//! The activation of the feed-forward layers.

use rayon::prelude::*;

use crate::lm::local::tensor::{PARALLEL_THRESHOLD, PanelRow, exp, with_simd};

/// Replaces each value `x` by `x · Φ(x)`, where Φ is the cumulative distribution function of the
/// standard normal distribution. This is the exact form, not the approximation by `tanh`.
pub(super) fn gelu(rows: &mut [PanelRow]) {
    let values = rows.as_flattened_mut();
    values
        .par_chunks_mut(PARALLEL_THRESHOLD)
        .for_each(|values| with_simd(|| gelu_each(values)));
}

#[inline(always)]
fn gelu_each(values: &mut [f32]) {
    for x in values {
        *x *= 0.5 * (1.0 + erf(*x * std::f32::consts::FRAC_1_SQRT_2));
    }
}

/// The error function, by formula 7.1.26 of Abramowitz and Stegun, with an error of at most 2e-7. It
/// has the same bits on every processor.
#[inline(always)]
fn erf(x: f32) -> f32 {
    let size = x.abs();
    let t = 1.0 / size.mul_add(0.327_591_1, 1.0);
    let mut p = 1.061_405_4_f32;
    for c in [-1.453_152, 1.421_413_7, -0.284_496_74, 0.254_829_6] {
        p = p.mul_add(t, c);
    }
    (1.0 - p * t * exp(-size * size)).copysign(x)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lm::local::tensor::COLUMNS;

    #[test]
    fn it_is_close_to_the_exact_value() {
        for i in -900..900 {
            let x = i as f32 / 100.0;
            let mut rows = [[x; COLUMNS]];
            gelu(&mut rows);
            let wide = f64::from(x);
            let normal = statrs::function::erf::erf(wide / 2.0_f64.sqrt());
            let error = (f64::from(rows[0][0]) - 0.5 * wide * (1.0 + normal)).abs();
            assert!(error < 1e-6, "{x}: {error}");
        }
    }
}
