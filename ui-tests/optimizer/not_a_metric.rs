//! A metric is a function of a row and a prediction. One that does not fit is reported where it is written,
//! whichever optimizer it is for.

include!("../fixtures/tuning.rs");

/// Rate the text.
#[signature]
struct Rate {
    #[input]
    text: String,
    #[output]
    stars: u8,
}

fn of_other_rows(gold: &Rate, found: &RateOutput) -> bool {
    gold.stars == found.stars
}

fn main() {
    let _ = async |program: Classify, data: Splits<Triage>, run: Run| {
        let of_one = BootstrapFewShot::new(|gold: &Triage| gold.intent.is_empty());
        of_one.optimize(&program, &data, &run).await.unwrap();

        let swapped = LabeledFewShot::new(|found: &TriageOutput, gold: &Triage| gold.intent == found.intent);
        swapped.optimize(&program, &data, &run).await.unwrap();

        let by_value = RandomSearch::new(|gold: Triage, found: TriageOutput| gold.intent == found.intent);
        by_value.optimize(&program, &data, &run).await.unwrap();

        let of_text = KNNFewShot::new(|gold: &Triage, _: &TriageOutput| gold.intent.clone());
        of_text.optimize(&program, &data, &run).await.unwrap();

        let of_nothing = BetterTogether::new(|_: &Triage, _: &TriageOutput| {});
        of_nothing.then(LabeledFewShot::stage()).optimize(&program, &data, &run).await.unwrap();

        let awaited = LabeledFewShot::new(async |gold: &Triage, _: &TriageOutput| gold.intent.is_empty());
        awaited.optimize(&program, &data, &run).await.unwrap();

        let of_other_rows = BootstrapFewShot::new(of_other_rows);
        of_other_rows.optimize(&program, &data, &run).await.unwrap();
    };

    let _ = async |program: Classify, rows: Vec<Triage>, run: Run| {
        run.evaluate(&program, &rows, &|gold: &Triage| gold.intent.is_empty()).await.unwrap();
        run.evaluate(&program, &rows, &|_: &TriageOutput, gold: &Triage| gold.intent.is_empty()).await.unwrap();
        run.evaluate(&program, &rows, &of_other_rows).await.unwrap();
    };
}
