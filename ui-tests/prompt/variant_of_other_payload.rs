use dashoptimize::lm::Lm;
use dashoptimize::module::ModuleExt;
use dashoptimize::{FieldType, include_prompt, module, signature};

#[signature]
struct Triage {
    #[input]
    message: String,
    #[input]
    earlier: Vec<String>,
    #[output]
    intent: Intent,
    #[output]
    confidence: f64,
}

#[derive(Clone, Debug, FieldType)]
enum Intent {
    Refund,
    CardLost {
        last_digits: Option<u16>,
        country: String,
    },
    Other(String),
}

module!(
    type Classify = ChainOfThought<Triage>;
);

fn main() {
    let prompt = include_prompt!(Classify, "prompt/triage.json");
    let call = async |lm: Lm, message: String, earlier: Vec<String>| {
        let program = prompt.program(lm).unwrap();
        program
            .call(TriageInput { message, earlier })
            .await
            .map(|output| output.reasoning.len())
    };
    let _ = call;
}
