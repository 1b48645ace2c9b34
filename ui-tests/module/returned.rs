//! What the closures of a module return.

include!("../fixtures/triage.rs");

module!(
    #[with(reward = |_, output| output.intent.clone())]
    type OfText = BestOfN<Predict<Triage>>;
);

module!(
    #[with(reward = |_, output| async move { output.intent.is_empty() }, threshold = 1.0)]
    type OfFuture = Refine<Predict<Triage>>;
);

module!(
    #[with(by = |output| &output.intent)]
    type OfReference = Majority<Predict<Triage>>;
);

fn main() {
    call!(OfText, OfFuture, OfReference);
}
