//! The compiler looks settings up on the optimizer, and checks the types of their values where they stand.

include!("../fixtures/tuning.rs");

fn main() {
    let other_type = pipeline!(LabeledFewShot { max_demos: "four" } >> RandomSearch);
    let unknown = pipeline!(RandomSearch { max_round: 2 });
    let without_argument = pipeline!(RandomSearch { seeds });
    optimize!(other_type, unknown, without_argument);
}
