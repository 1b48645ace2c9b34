//! Where a program takes its input, and where it takes a row.

use dashoptimize::evaluate::Example;
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

#[signature]
struct Rate {
    #[input]
    text: String,
    #[output]
    score: f64,
}

fn example_of<E: Example<I>, I>() {}

fn main() {
    example_of::<Qa, QaInput>();
    example_of::<Rate, QaInput>();
    let _ = |lm: Lm, gold: Qa| drop(Predict::<Qa>::new(lm).call(gold));
}
