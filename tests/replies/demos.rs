//! A reply that is not an answer does not become a demo, whatever the metric thinks of it.

use dashoptimize::evaluate::{Dataset, Splits};
use dashoptimize::lm::{ChatRequest, Scripted};
use dashoptimize::module::Predict;
use dashoptimize::optimizer::{BootstrapFewShot, Optimizer};

use super::*;

fn splits() -> Splits<Ask> {
    let rows = |range: std::ops::Range<usize>| Dataset::from_vec(range.map(row).collect());
    Splits::builder()
        .train(rows(0..6))
        .val(rows(6..9))
        .build()
        .expect("splits")
}

#[tokio::test]
async fn i16_no_demo_is_made_of_a_reply_that_is_not_an_answer() {
    for finish in NOT_AN_ANSWER.into_iter().chain([FinishReason::Stop]) {
        let model = Scripted::new(move |_: &ChatRequest| {
            whole("[[ ## answer ## ]]\nThe capital of France is").with_finish(finish)
        });
        let program = Predict::<Ask>::new(model);
        let optimizer = BootstrapFewShot::new(anything).max_labeled_demos(0);
        let run = Run::in_memory().max_errors(99);
        let tuned = optimizer.optimize(&program, &splits(), &run).await;
        // A run whose every reply is filtered ends without a result.
        assert!(tuned.is_ok() || finish == FinishReason::ContentFilter);
        let text = tuned.map_or_else(|_| String::new(), |tuned| tuned.artifact.to_text());
        let is_shown = text.contains("The capital of France is");
        assert_eq!(is_shown, finish == FinishReason::Stop, "{finish:?}: {text}");
    }
}
