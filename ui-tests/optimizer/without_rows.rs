//! A pipeline that is optimized names its rows.

include!("../fixtures/tuning.rs");

pipeline!(
    fn Sort(message: String) -> String {
        Classify { message }.intent
    }
);

fn main() {
    let _ = async |program: Sort, data: Splits<Triage>, run: Run| {
        let is_right = |gold: &Triage, found: &String| gold.intent == *found;
        BootstrapFewShot::new(is_right).optimize(&program, &data, &run).await.unwrap();
        run.evaluate(&program, data.val(), &is_right).await.unwrap();
    };
}
