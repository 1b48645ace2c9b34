//! One build reports all of them.

include!("../fixtures/tuning.rs");

struct Plain;

fn main() {
    let tune = pipeline!(LabeledFewShot { max_demos: "four", strategy } >> RandomSearch { seed: 1, max_rounds: } >> Plain >>);
    optimize!(tune);
}
