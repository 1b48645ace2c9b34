//! Signatures whose fields changed after `prompt/triage.json` was saved.

include!("../fixtures/customer.rs");

macro_rules! edited {
    ($Program:ident: $Signature:ident { $($role:ident $field:ident: $Type:ty,)* }) => {
        #[signature]
        struct $Signature {
            $(#[$role] $field: $Type,)*
        }

        module!(
            type $Program = ChainOfThought<$Signature>;
        );
    };
}

edited!(Added: WithTone {
    input message: String,
    input earlier: Vec<String>,
    output intent: Intent,
    output confidence: f64,
    output tone: String,
});

edited!(Removed: WithoutEarlier {
    input message: String,
    output intent: Intent,
    output confidence: f64,
});

edited!(Renamed: WithText {
    input text: String,
    input earlier: Vec<String>,
    output intent: Intent,
    output confidence: f64,
});

edited!(Moved: EarlierFirst {
    input earlier: Vec<String>,
    input message: String,
    output intent: Intent,
    output confidence: f64,
});

edited!(OtherRole: ConfidenceGiven {
    input message: String,
    input earlier: Vec<String>,
    input confidence: f64,
    output intent: Intent,
});

edited!(OtherType: ConfidenceInWords {
    input message: String,
    input earlier: Vec<String>,
    output intent: Intent,
    output confidence: String,
});

fn main() {
    let prompt = include_prompt!(Added, "prompt/triage.json");
    let _ = async |lm: Lm, input: WithToneInput| {
        let reply = prompt.program(lm).unwrap().call(input).await;
        reply.map(|output| (output.reasoning.len(), output.tone.len()))
    };

    let prompt = include_prompt!(Removed, "prompt/triage.json");
    let _ = |lm: Lm| prompt.program(lm).unwrap().state();

    let prompt = include_prompt!(Renamed, "prompt/triage.json");
    let _ = |lm: Lm| prompt.program(lm).unwrap().state();

    let prompt = include_prompt!(Moved, "prompt/triage.json");
    let _ = |lm: Lm| prompt.program(lm).unwrap().state();

    let prompt = include_prompt!(OtherRole, "prompt/triage.json");
    let _ = |lm: Lm| prompt.program(lm).unwrap().state();

    let prompt = include_prompt!(OtherType, "prompt/triage.json");
    let _ = |lm: Lm| prompt.program(lm).unwrap().state();
}
