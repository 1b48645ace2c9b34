//! A fast part of the calibration. `cargo run --release -p tests --bin calibration` runs all of it.

mod shape;
mod study;

use shape::SHAPES;
use study::Study;

#[test]
fn verdicts_are_wrong_no_more_often_than_they_say() {
    let studies = SHAPES
        .iter()
        .flat_map(|shape| [10, 30].map(|n| Study::run(shape, n, 100, 79)));
    let missed: Vec<_> = studies.filter(|study| !study.passes()).collect();
    let lines: String = missed.iter().map(|study| format!("\n{study}")).collect();
    assert!(
        missed.is_empty(),
        "{}\n{}{lines}",
        study::LIMITS,
        study::HEADER
    );
}

/// The part of the test that could not fail if nothing was ever found.
#[test]
fn large_gains_are_found() {
    for shape in SHAPES.iter().filter(|shape| shape.difference >= 0.2) {
        let study = Study::run(shape, 80, 30, 79);
        assert!(study.power() > 0.8, "{study}");
    }
}
