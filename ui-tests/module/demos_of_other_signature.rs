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

#[signature]
struct Other {
    #[input]
    message: String,
    #[output]
    intent: String,
}

fn rows() -> Vec<Other> {
    Vec::new()
}

module!(
    #[with(demos = rows())]
    type Classify = Predict<Triage>;
);

fn main() {
    let _ = |lm: Lm| Classify::new(lm).predictors().len();
}
