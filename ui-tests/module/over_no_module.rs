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

fn grade(input: &TriageInput, output: &TriageOutput) -> f64 {
    (input.message.len() + output.intent.len()) as f64
}

module!(
    #[with(reward = grade)]
    type Best = BestOfN<Plain>;

    #[with(by = |output| output.intent.clone())]
    type Most = Majority<Plain>;
);

fn main() {
    let _ = |lm: &Lm| Best::new(lm).predictors().len() + Most::new(lm).predictors().len();
}
