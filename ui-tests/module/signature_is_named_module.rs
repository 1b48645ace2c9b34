//! A module in the place of a signature. `Predict` is not imported here: a module needs no import.

use dashoptimize::lm::Lm;
use dashoptimize::module::Module;
use dashoptimize::{module, signature};

#[signature]
struct Triage {
    #[input]
    message: String,
    #[output]
    intent: String,
}

module!(
    type Think = ChainOfThought<Predict<Triage>>;
);

fn main() {
    let _ = |lm: Lm| Think::new(lm).predictors().len();
}
