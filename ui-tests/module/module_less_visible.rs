use dashoptimize::{module, signature};

#[signature]
pub struct Triage {
    #[input]
    pub message: String,
    #[output]
    pub intent: String,
}

module!(
    type Classify = Predict<Triage>;

    #[with(by = |output| output.intent.clone())]
    pub type Most = Majority<Classify>;
);

fn main() {
    let _ = |lm: dashoptimize::lm::Lm| Most::new(lm);
}
