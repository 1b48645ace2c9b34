use dashoptimize::prelude::*;

/// Find out what the customer wants.
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

fn main() {
    let tune = pipeline!(42);
    let optimize = async |program: Classify, data: Splits<Triage>, run: Run| {
        let tuned = tune
            .metric(is_right)
            .optimize(&program, &data, &run)
            .await
            .unwrap();
        tuned.final_score()
    };
    let _ = optimize;
}
