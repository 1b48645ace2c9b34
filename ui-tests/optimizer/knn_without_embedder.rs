use dashoptimize::lm::Lm;
use dashoptimize::prelude::*;

#[signature]
struct Triage {
    #[input]
    message: String,
    #[output]
    intent: String,
}

module!(
    type Classify = Predict<Triage>;
);

fn is_right(gold: &Triage, found: &TriageOutput) -> bool {
    gold.intent == found.intent
}

async fn tune(lm: Lm, data: Splits<Triage>, run: Run) -> Option<String> {
    let program = Classify::new(lm);
    let tuned = KNNFewShot::new(is_right)
        .embedded()
        .optimize(&program, &data, &run)
        .await
        .ok()?;
    let message = String::new();
    let output = tuned.program.call(TriageInput { message }).await.ok()?;
    Some(output.intent)
}

fn main() {
    let _ = tune;
}
