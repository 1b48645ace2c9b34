//! Enums whose variants changed after `prompt/triage.json` was saved.

use dashoptimize::prelude::*;

#[signature]
struct Two {
    #[input]
    message: String,
    #[input]
    earlier: Vec<String>,
    #[output]
    intent: Removed,
    #[output]
    confidence: f64,
}

#[derive(Clone, Debug, FieldType)]
enum Removed {
    Refund,
    Other(String),
}

#[signature]
struct Three {
    #[input]
    message: String,
    #[input]
    earlier: Vec<String>,
    #[output]
    intent: OtherPayload,
    #[output]
    confidence: f64,
}

#[derive(Clone, Debug, FieldType)]
enum OtherPayload {
    Refund,
    CardLost {
        last_digits: Option<u16>,
        country: String,
    },
    Other(String),
}

module!(
    type OfTwo = ChainOfThought<Two>;
    type OfThree = ChainOfThought<Three>;
);

fn main() {
    let prompt = include_prompt!(OfTwo, "prompt/triage.json");
    let _ = |lm: Lm| prompt.program(lm).unwrap().state();

    let prompt = include_prompt!(OfThree, "prompt/triage.json");
    let _ = |lm: Lm| prompt.program(lm).unwrap().state();
}
