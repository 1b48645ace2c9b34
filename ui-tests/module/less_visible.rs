//! A public module over a private one.

include!("../fixtures/triage.rs");

module!(
    type Classify = Predict<Triage>;

    #[with(by = |output| output.intent.clone())]
    pub type Most = Majority<Classify>;
);

fn main() {
    call!(Most);
}
