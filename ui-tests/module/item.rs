//! A module is a `type` item that ends with `;`; its attributes are `#[with(…)]` and documentation.

include!("../fixtures/triage.rs");

dashoptimize::module!();

module!(
    type = Predict<Triage>;
);

module!(
    struct NotAType = Predict<Triage>;
);

module!(
    type Generic<T> = Predict<Triage>;
);

module!(
    type WithoutSemicolon = Predict<Triage>
);

module!(
    #[wiht(temperature = 0.0)]
    type WithMisspelled = Predict<Triage>;
);

fn main() {
    call!(Generic, WithoutSemicolon, WithMisspelled);
    let _ = |lm: Lm| NotAType::new(lm).predictors().len();
}
