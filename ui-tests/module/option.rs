//! Options that are needed, set twice, without a value, or not options.

include!("../fixtures/triage.rs");

module!(
    #[with(temperature = 0.0, temperature = 1.0)]
    type Twice = Predict<Triage>;
);

module!(
    #[with(temperature, max_tokens =)]
    type WithoutValue = Predict<Triage>;
);

module!(
    #[with(n = 5)]
    type Needed = BestOfN<Predict<Triage>>;
);

module!(
    type NeededInside = Parallel<Refine<Predict<Triage>>>;
);

module!(
    #[with(k = 5)]
    type WithoutIndex = Retrieve;
);

fn small_model() -> std::sync::Arc<dyn dashoptimize::retrieve::Embedder> {
    unimplemented!()
}

module!(
    #[with(embedder = small_model())]
    type NotAnOption = Predict<Triage>;
);

fn main() {
    call!(Twice, WithoutValue, Needed, NotAnOption);
    let _ = async |lm: Lm, message: String| {
        let replies = NeededInside::new(lm).call([TriageInput { message }].into()).await?;
        replies[0].clone().map(|output| output.intent.len())
    };
    let _ = async |query: String| {
        let found = WithoutIndex::new().call(RetrieveInput { query }).await;
        found.map(|passages| passages.len())
    };
}
