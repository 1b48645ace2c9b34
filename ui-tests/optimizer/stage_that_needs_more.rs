use dashoptimize::engine::{Candidate, Stop, Study};
use dashoptimize::optimizer::Search;
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

/// What only some programs can do.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no embedder",
    label = "rows cannot be compared by meaning"
)]
trait Embeds {}

struct Fancy;

impl Stage for Fancy {
    type Own = Self;

    fn stage() -> Self {
        Self
    }
}

impl<M: Module + Embeds, E: Example<M::Input>> Search<M, E> for Fancy {
    fn name(&self) -> &'static str {
        "Fancy"
    }

    fn settings(&self) -> serde_json::Value {
        serde_json::Value::Null
    }

    async fn search(&self, study: &Study<'_, M, E>) -> Result<Candidate<M>, Stop> {
        Ok(study.base().clone())
    }
}

fn main() {
    let tune = pipeline!(LabeledFewShot { max_demos: 2 } >> Fancy);
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
