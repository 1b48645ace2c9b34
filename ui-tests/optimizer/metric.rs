//! Program, rows and metric are of one signature.

include!("../fixtures/tuning.rs");

/// Rate the text.
#[signature]
struct Rate {
    #[input]
    text: String,
    #[output]
    stars: u8,
}

module!(
    type Rater = Predict<Rate>;
);

fn is_near(gold: &Rate, found: &RateOutput) -> bool {
    gold.stars == found.stars
}

fn ignore(_: &Triage, _: &TriageOutput) {}

fn main() {
    let tune = pipeline!(LabeledFewShot { max_demos: 2 } >> RandomSearch { seeds: -3..3 });
    let _ = async |program: Classify, data: Splits<Triage>, run: Run| {
        let tuned = tune.optimize(&program, &data, &run).await.unwrap();
        tuned.final_score()
    };

    let tune = pipeline!(LabeledFewShot { max_demos: 2 });
    let _ = async |program: Classify, data: Splits<Triage>, run: Run| {
        let tuned = tune.metric(is_near).optimize(&program, &data, &run).await;
        tuned.unwrap().final_score()
    };

    let tune = pipeline!(LabeledFewShot { max_demos: 2 });
    let _ = async |program: Classify, data: Splits<Triage>, run: Run| {
        let tuned = tune.metric(ignore).optimize(&program, &data, &run).await;
        tuned.unwrap().final_score()
    };

    let tune = pipeline!(LabeledFewShot { max_demos: 2 });
    let _ = async |program: Rater, data: Splits<Triage>, run: Run| {
        let tuned = tune.metric(is_right).optimize(&program, &data, &run).await;
        tuned.unwrap().final_score()
    };

    let tune = pipeline!(LabeledFewShot { max_demos: 2 });
    let _ = async |program: Classify, data: Splits<Rate>, run: Run| {
        let tuned = tune.metric(is_right).optimize(&program, &data, &run).await;
        tuned.unwrap().final_score()
    };
}
