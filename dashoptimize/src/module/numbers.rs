//! Numbers that mean something: settings of a module that are 0, negative or not a number are refused.

/// A number of attempts, steps or items.
///
/// # Panics
///
/// If it is 0.
#[track_caller]
pub(super) fn at_least_one<N: PartialEq + From<u8>>(setting: &str, number: N) -> N {
    assert!(number != N::from(0), "`{setting}` is 1 or more");
    number
}

/// A temperature.
///
/// # Panics
///
/// If it is negative or not a finite number.
#[track_caller]
pub(super) fn temperature(degree: f64) -> f64 {
    let is_one = degree.is_finite() && degree >= 0.0;
    assert!(
        is_one,
        "a temperature is a finite number, 0 or more, not {degree}"
    );
    degree
}
