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

struct Plain;

module!(
    type Classify = ChainOfThought<Plain>;
);

fn main() {
    let _ = |lm: Lm| Classify::new(lm).predictors().len();
}
