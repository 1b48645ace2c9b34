//! Files that are not there, or that this version of the library did not save.

include!("../fixtures/customer.rs");

fn main() {
    let prompt = include_prompt!(Classify, "prompt/triag.json");
    let _ = |lm: Lm| prompt.program(lm).unwrap().state();

    let prompt = include_prompt!(Classify, "prompts/triage.json");
    let _ = |lm: Lm| prompt.program(lm).unwrap().state();

    let prompt = include_prompt!(Classify, "prompt/broken.json");
    let _ = |lm: Lm| prompt.program(lm).unwrap().state();

    let prompt = include_prompt!(Classify, "prompt/key_twice.json");
    let _ = |lm: Lm| prompt.program(lm).unwrap().state();

    let prompt = include_prompt!(Classify, "prompt/other_form.json");
    let _ = |lm: Lm| prompt.program(lm).unwrap().state();

    let prompt = include_prompt!(Classify, "prompt/format_2.json");
    let _ = |lm: Lm| prompt.program(lm).unwrap().state();
}
