use dashoptimize::lm::Lm;
use dashoptimize::module::{ModuleExt, Predict};
use dashoptimize::signature;

#[signature]
struct Qa {
    #[input]
    question: String,
    #[output]
    answer: String,
}

fn main() {
    let ask = |lm: Lm, gold: Qa| drop(Predict::<Qa>::new(lm).call(gold));
    let _ = ask;
}
