//! A module over a signature is given something else.

include!("../fixtures/triage.rs");

struct Plain;

module!(
    type OfPlain = ChainOfThought<Plain>;
);

module!(
    type Classify = Predict<Triage>;

    type OfModule = ChainOfThought<Classify>;
);

fn main() {
    let _ = |lm: Lm| OfPlain::new(lm).predictors().len();
    let _ = |lm: Lm| OfModule::new(lm).predictors().len();
}
