//! One build reports all of them.

include!("../fixtures/triage.rs");

module!(
    #[wiht(temperature = 0.0)]
    type Classify = Predict<Triage>;

    type Explain = ChainOfThougt<Triage>;

    /// This one is correct.
    type Plain = Predict<Triage>;
);

fn main() {
    call!(Classify, Explain, Plain);
}
