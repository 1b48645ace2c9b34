//! A file that a program saved fits it, demos of all kinds included.

include!("../fixtures/customer.rs");

use dashoptimize::artifact::Prompt;
use dashoptimize::lm::Scripted;
use dashoptimize::state::{Demo, FieldProse};
use serde_json::{Map, Value, json};

const PROMPT: Prompt<Classify> = include_prompt!(Classify, "prompt/triage.json");

fn object(value: Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap()
}

fn demo(message: &str, intent: Value) -> Demo {
    let earlier = ["hello", "is \"this\" a\nrobot?"];
    Demo::new(
        object(json!({ "message": message, "earlier": earlier })),
        object(json!({ "intent": intent, "confidence": 0.9 })),
    )
}

fn tuned(lm: &Lm) -> Classify {
    let program = Classify::new(lm);
    let mut state = program.state();
    let predictor = state.predictors.get_mut("chain_of_thought").unwrap();
    predictor.instructions = Some("Read the message.\nSay what is wanted.".to_owned());
    let prose = FieldProse::new(Some("what the customer wants".to_owned()), None);
    predictor.fields.insert("intent".to_owned(), prose);
    predictor.demos = vec![
        demo(
            "where is my card?",
            json!({ "CardLost": { "last_digits": 4711 } }),
        ),
        demo("give it back", json!("Refund")),
        demo("what a fine day", json!({ "Other": "small talk" })),
    ];
    program.with_state(&state).unwrap()
}

fn main() {
    let lm = Lm::new(Scripted::replies(["never asked"]));
    let tuned = tuned(&lm);
    assert_eq!(
        PROMPT.text(),
        Artifact::of(&tuned).to_text(),
        "the files of these tests are up to date"
    );
    assert_eq!(PROMPT.origin(), "prompt/triage.json");
    assert_eq!(PROMPT.program(&lm).unwrap().state(), tuned.state());
    let given = Classify::new(&lm);
    assert_eq!(PROMPT.install(&given).unwrap().state(), tuned.state());
}
