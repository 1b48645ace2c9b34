//! What replies cost, where servers report it in odd ways, and when a budget ends.

use dashoptimize::lm::{Budget, Usd};
use dashoptimize::module::Predict;
use serde_json::{Value, json};

use super::*;
use crate::support::server::{Answer, Server};

fn answering(usage: &Value) -> Answer {
    let message = json!({"role": "assistant", "content": "[[ ## answer ## ]]\n4"});
    let choice = json!({"index": 0, "message": message, "finish_reason": "stop"});
    Answer::new(
        200,
        &[],
        json!({"choices": [choice], "usage": usage}).to_string(),
    )
}

async fn spent(usage: &Value, budget: Budget) -> (usize, u64, Option<Usd>) {
    let server = Server::start([answering(usage)]).await;
    let model = client(&server.url()).build().expect("good settings");
    let program = Predict::<Ask>::new(model).max_tokens(20);
    let run = Run::in_memory()
        .budget(budget)
        .concurrency(1)
        .max_errors(99);
    let (evaluation, _) = evaluated(&program, 36, run, &anything)
        .await
        .expect("an evaluation");
    let spend = evaluation.spend;
    (
        server.received().len(),
        spend.usage.total() + spend.unmetered_tokens,
        spend.cost,
    )
}

#[tokio::test]
async fn i3_tokens_that_stand_outside_of_the_output_end_a_budget() {
    let thoughts = json!({"prompt_tokens": 12, "completion_tokens": 3, "total_tokens": 2824});
    // The gateway may learn from the first reply that the next one needs more than was reserved for it.
    let (calls, tokens, cost) = spent(&thoughts, Budget::usd(0.01)).await;
    assert!((1..=2).contains(&calls), "{calls} calls");
    assert_eq!(tokens, 2824 * calls as u64);
    let each = (12.0 + 2.0 * 2812.0) / 1e6;
    assert_eq!(cost, Some(Usd::from_usd(each * calls as f64)));
    let (calls, tokens, _) = spent(&thoughts, Budget::tokens(10_000)).await;
    assert!((3..=4).contains(&calls), "{calls} calls");
    assert_eq!(tokens, 2824 * calls as u64);
}

#[tokio::test]
async fn i3_a_usage_that_cannot_be_is_not_free() {
    let (calls, ..) = spent(
        &json!({"prompt_tokens": 40, "completion_tokens": 4}),
        Budget::tokens(3000),
    )
    .await;
    assert_eq!(calls, 36, "what is reported is counted");
    for usage in [
        json!({"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}),
        json!({"prompt_tokens": null, "completion_tokens": null, "total_tokens": 0}),
        json!({"prompt_tokens": -1, "completion_tokens": -1}),
        json!({"prompt_tokens": 40, "completion_tokens": 0, "total_tokens": 40}),
        json!({"prompt_tokens": 1e300, "completion_tokens": 3}),
        json!(null),
        json!("none"),
    ] {
        let (calls, tokens, _) = spent(&usage, Budget::tokens(3000)).await;
        assert!(calls < 20, "{usage}: {calls} calls, {tokens} tokens");
    }
}

/// A reply that was refused is paid for, and so is one during which the provider failed.
#[tokio::test]
async fn i3_replies_that_are_not_answers_are_paid_for() {
    let usage = json!({"prompt_tokens": 40, "completion_tokens": 12, "total_tokens": 52});
    for (choice, calls) in [
        (
            json!({"message": {"content": "[[ ## answer"}, "finish_reason": "length"}),
            1,
        ),
        (
            json!({"message": {"content": null, "refusal": "No."}, "finish_reason": "stop"}),
            1,
        ),
        (
            json!({"message": null, "finish_reason": "content_filter"}),
            1,
        ),
        (
            // Five attempts, and five more at the end of the evaluation.
            json!({"message": {"content": "[[ ## answer"}, "finish_reason": "error"}),
            10,
        ),
    ] {
        let body = json!({"choices": [choice], "usage": usage}).to_string();
        let server = Server::start([Answer::new(200, &[], body)]).await;
        let model = client(&server.url()).build().expect("good settings");
        let program = Predict::<Ask>::new(model).max_tokens(20);
        let folder = tempfile::tempdir().expect("a folder");
        let run = Run::folder(folder.path()).max_errors(9);
        evaluated(&program, 1, run, &anything)
            .await
            .expect("an evaluation");
        assert_eq!(server.received().len(), calls, "{choice}");
        let journal =
            std::fs::read_to_string(folder.path().join("journal.jsonl")).expect("a journal");
        let (input, output) = settled(&journal);
        assert_eq!((input, output), (40 * calls, 12 * calls), "{choice}");
    }
}

/// The tokens of all replies that a journal holds, sent and received.
fn settled(journal: &str) -> (usize, usize) {
    let records = journal.lines().filter_map(|line| line.split_once(' '));
    let records = records.filter_map(|(_, record)| serde_json::from_str::<Value>(record).ok());
    let usages = records.filter(|record| record.get("of").is_some());
    let tokens = |usage: &Value, side: &str| usage["spend"]["usage"][side].as_u64().unwrap_or(0);
    usages.fold((0, 0), |(input, output), usage| {
        (
            input + tokens(&usage, "input") as usize,
            output + tokens(&usage, "output") as usize,
        )
    })
}
