//! How often the verdict is wrong: `cargo run --release -p tests --bin calibration` (about two minutes).
//!
//! For each kind of scores and each number of rows it draws hold-outs, judges them, and prints how often
//! the verdict was a false `Better`, a false `NotWorse`, how often the interval contained the true
//! difference, and how often a gain was found. It fails if a rate is beyond its limit.

mod shape;
mod study;

use std::process::ExitCode;

use shape::SHAPES;
use study::Study;

fn main() -> ExitCode {
    println!("{}", study::HEADER);
    let mut missed = 0;
    // With a word, only the shapes whose name contains it.
    let wanted = std::env::args().nth(1).unwrap_or_default();
    for shape in SHAPES.iter().filter(|shape| shape.name.contains(&wanted)) {
        for n in [5, 10, 20, 30, 50, 100, 200] {
            let study = Study::run(shape, n, 2_000, 999);
            missed += usize::from(!study.passes());
            println!("{study}");
        }
    }
    println!("{}, {missed} beyond their limits", study::LIMITS);
    ExitCode::from(u8::from(missed > 0))
}
