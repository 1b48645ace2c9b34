//! Settings are `name: value` with commas between them; the others keep their defaults.

include!("../fixtures/tuning.rs");

fn main() {
    let twice = pipeline!(LabeledFewShot {
        max_demos: 4,
        max_demos: 5
    });
    let defaults = pipeline!(RandomSearch {
        seeds: -3..3,
        ..Default::default()
    });
    let half_typed = pipeline!(LabeledFewShot { max_demos: 1 + } >> RandomSearch { seeds: -3..3 });
    let with_equals = pipeline!(RandomSearch { seeds = -3..3 });
    let without_value = pipeline!(RandomSearch { seeds: });
    let not_separated = pipeline!(RandomSearch { seeds: -3..3 max_rounds: 2 });
    optimize!(twice, defaults, half_typed, with_equals, without_value, not_separated);
}
