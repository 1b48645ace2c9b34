//! A stage that is not an optimizer.

include!("../fixtures/tuning.rs");

struct Plain;

fn main() {
    let plain = pipeline!(LabeledFewShot { max_demos: 2 } >> Plain { size: 3 });
    let misspelled = pipeline!(LabeledFewShot { max_demos: 2 } >> RandomSerach { seeds: -3..3 });
    optimize!(plain, misspelled);
}
