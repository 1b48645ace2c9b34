//! One build reports all of them.

use dashoptimize::lm::Lm;
use dashoptimize::module::ModuleExt;
use dashoptimize::{FieldType, include_prompt, module, signature};

#[signature]
struct Triage {
    #[input]
    text: String,
    #[output]
    intent: Intent,
    #[output]
    confidence: String,
    #[output]
    tone: String,
}

#[derive(Clone, Debug, FieldType)]
enum Intent {
    Refund,
    Other(String),
}

module!(
    type Classify = ChainOfThought<Triage>;
);

fn main() {
    let _ = include_prompt!(Classify, "prompt/nowhere.json");
    let _ = include_prompt!(Classify);
    let prompt = include_prompt!(Classify, "prompt/triage.json");
    let call = async |lm: Lm, text: String| {
        let program = prompt.program(lm).unwrap();
        program
            .call(TriageInput { text })
            .await
            .map(|output| output.reasoning.len())
    };
    let _ = call;
}
