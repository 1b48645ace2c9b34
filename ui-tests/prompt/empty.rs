use dashoptimize::include_prompt;
use dashoptimize::lm::Lm;
use dashoptimize::module::ModuleExt;

fn main() {
    let prompt = include_prompt!();
    let program = |lm: Lm| prompt.program(lm).unwrap().state();
    let _ = program;
}
