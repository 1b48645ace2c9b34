//! `include_prompt!` takes the type of a program and the path of its file.

include!("../fixtures/customer.rs");

fn main() {
    let prompt = include_prompt!();
    let _ = |lm: Lm| prompt.program(lm).unwrap().state();

    let prompt = include_prompt!("prompt/triage.json");
    let _ = |lm: Lm| prompt.program(lm).unwrap().state();

    let prompt = include_prompt!(Classify);
    let _ = |lm: Lm| prompt.program(lm).unwrap().state();

    let prompt = include_prompt!(Classify, "");
    let _ = |lm: Lm| prompt.program(lm).unwrap().state();

    let prompt = include_prompt!(Classify, prompt / triage.json);
    let _ = |lm: Lm| prompt.program(lm).unwrap().state();

    let prompt = include_prompt!(Classify, "prompt/triage.json", "prompt/rag.json");
    let _ = |lm: Lm| prompt.program(lm).unwrap().state();
}
