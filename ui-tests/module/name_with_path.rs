use dashoptimize::lm::Lm;
use dashoptimize::{module, signature};

#[signature]
struct Triage {
    #[input]
    message: String,
    #[output]
    intent: String,
}

module!(
    type Classify = crate::nodes::Predict<Triage>;
);

fn main() {
    let _ = |lm: Lm, input: TriageInput| Classify::new(lm).render(&input);
}
