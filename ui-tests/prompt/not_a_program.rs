//! A type that is not a module.

use dashoptimize::include_prompt;
use dashoptimize::lm::Lm;
use dashoptimize::module::Module;

struct Plain;

fn main() {
    let prompt = include_prompt!(Plain, "prompt/triage.json");
    println!("{}", prompt.text());
    let _ = |lm: Lm| prompt.program(lm).map(|program| program.predictors().len());
}
