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
    type Classify = Predict;
);

fn main() {
    let name = |module: &Classify| format!("{module:?}");
    let _ = (name, |lm: Lm| Classify::new(lm).predictors().len());
}
