//! Files that were edited by hand and no longer fit the program.

include!("../fixtures/customer.rs");

fn main() {
    let prompt = include_prompt!(Classify, "prompt/demo_edited.json");
    let _ = |lm: Lm| prompt.program(lm).unwrap().state();

    let prompt = include_prompt!(Classify, "prompt/prose_edited.json");
    let _ = |lm: Lm| prompt.program(lm).unwrap().state();

    let prompt = include_prompt!(Classify, "prompt/fingerprint_edited.json");
    let _ = |lm: Lm| prompt.program(lm).unwrap().state();
}
