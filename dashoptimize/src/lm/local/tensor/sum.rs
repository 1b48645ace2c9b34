//! Sums over a row of values.

/// The sum of `part` over a row. It runs in eight lanes, which the compiler keeps in one register;
/// the order of the additions is fixed.
#[inline]
pub(crate) fn sum(row: &[f32], part: impl Fn(f32) -> f32) -> f32 {
    let mut lanes = [0.0_f32; 8];
    for values in row.chunks(8) {
        for (lane, value) in lanes.iter_mut().zip(values) {
            *lane += part(*value);
        }
    }
    lanes.iter().sum()
}
