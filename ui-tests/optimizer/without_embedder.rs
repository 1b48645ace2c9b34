//! Texts can be compared by meaning only in a program that has an embedder.

include!("../fixtures/tuning.rs");

async fn tune(lm: Lm, data: Splits<Triage>, run: Run) -> Option<String> {
    let program = Classify::new(lm);
    let tuned = KNNFewShot::new(is_right)
        .embedded()
        .optimize(&program, &data, &run)
        .await
        .ok()?;
    let message = String::new();
    let output = tuned.program.call(TriageInput { message }).await.ok()?;
    Some(output.intent)
}

fn main() {
    let _ = tune;

    let tune = pipeline!(LabeledFewShot { max_demos: 2 } >> KNNFewShot { k: 3, embedded });
    let _ = async |program: Classify, data: Splits<Triage>, run: Run| {
        let tuned = tune.metric(is_right).optimize(&program, &data, &run).await;
        tuned.unwrap().final_score()
    };
}
