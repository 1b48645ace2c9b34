use dashoptimize::include_prompt;
use dashoptimize::lm::Lm;
use dashoptimize::module::ModuleExt;

fn main() {
    let prompt = include_prompt!("prompt/triage.json");
    let program = |lm: Lm| prompt.program(lm).unwrap().state();
    let _ = program;
}
