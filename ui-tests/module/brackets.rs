//! What stands in the angle brackets: one signature, one module, or nothing.

include!("../fixtures/triage.rs");

#[signature]
struct Rate {
    #[input]
    text: String,
    score: f64,
}

module!(
    type SignatureMissing = Predict;
);

module!(
    type SignatureTwice = Predict<Triage, Triage>;
);

module!(
    type SignatureWithMistake = ChainOfThought<Rate>;
);

module!(
    type ModuleMissing = Parallel;
);

module!(
    type All = Parallel<All>;
);

module!(
    #[with(index = dashoptimize::retrieve::Index::bm25(["a text"]).unwrap())]
    type RetrieveOverSignature = Retrieve<Triage>;
);

fn main() {
    let _ = |module: &SignatureMissing| format!("{module:?}");
    let _ = |lm: Lm| SignatureMissing::new(lm).predictors().len();
    let _ = |lm: Lm| SignatureTwice::new(lm).predictors().len();
    let _ = async |lm: Lm, text: String| {
        let reply = SignatureWithMistake::new(lm).call(RateInput { text }).await;
        reply.map(|output| output.score + 1.0)
    };
    let _ = |lm: Lm| ModuleMissing::new(lm).predictors().len();
    let _ = |lm: Lm| All::new(lm).predictors().len();
    let _ = async |query: String| {
        let found = RetrieveOverSignature::new().call(RetrieveInput { query }).await;
        found.map(|passages| passages.len())
    };
}
