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
    type Classify = (Predict<Triage>, Predict<Triage>);
);

fn main() {
    let _ = |lm: Lm| Classify::new(lm).predictors().len();
}
