//! A module is called by its name.

include!("../fixtures/triage.rs");

module!(
    /// Thinks, then picks.
    pub type Misspelled = ChainOfThougt<Triage>;
);

module!(
    #[with(max_iters = 6)]
    type OtherCase = React<Triage>;
);

module!(
    type Unknown = Transformer<Triage>;
);

module!(
    type WithPath = crate::nodes::Predict<Triage>;
);

module!(
    type NotAName = (Predict<Triage>, Predict<Triage>);
);

module!(
    type Twice = Predict<Triage>;
    type Twice = ChainOfThought<Triage>;
);

fn main() {
    call!(Twice);
    call!(Misspelled, OtherCase, Unknown);
    let _ = |lm: Lm, input: TriageInput| WithPath::new(lm).render(&input);
    let _ = |lm: Lm| NotAName::new(lm).predictors().len();
}
