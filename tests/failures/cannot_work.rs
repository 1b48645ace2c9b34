//! A run that cannot work says why, after a few calls.

use std::time::Duration;

use dashoptimize::engine::{Run, Stop};
use dashoptimize::evaluate::MetricError;
use dashoptimize::lm::{
    Budget, ChatReply, ChatRequest, LmError, LmErrorKind, OpenAi, Retry, Scripted,
};
use dashoptimize::optimizer::{LabeledFewShot, OptimizeError, Optimizer};

use crate::support::quiz::{Learner, Quiz, is_right, node, splits};

type Metric = fn(&Quiz, &Quiz) -> bool;

fn refusing(kind: LmErrorKind) -> Scripted {
    Scripted::new(move |_: &ChatRequest| Err::<ChatReply, _>(LmError::new(kind, "not today")))
}

async fn optimize(lm: Scripted, run: Run) -> OptimizeError {
    LabeledFewShot::new(is_right as Metric)
        .optimize(&node(lm), &splits(5, 40, 40), &run)
        .await
        .unwrap_err()
}

#[tokio::test(start_paused = true)]
async fn a_provider_that_never_answers_ends_the_run_after_three_rollouts() {
    for kind in [
        LmErrorKind::Connection,
        LmErrorKind::Timeout,
        LmErrorKind::Server,
        LmErrorKind::RateLimited,
        LmErrorKind::Protocol,
    ] {
        let lm = refusing(kind);
        let error = optimize(lm.clone(), Run::in_memory()).await;
        assert_eq!(
            error.to_string(),
            "the run cannot work: 3 rollouts failed and none was judged: predictor `quiz`: not \
             today (3 times); run again when the cause is removed"
        );
        assert_eq!(lm.calls(), 15, "a call and four retries each");
    }
}

#[tokio::test(start_paused = true)]
async fn a_budget_that_ends_before_that_does_not_hide_the_reason() {
    for budget in [1, 2, 5, 6, 14] {
        let run = Run::in_memory()
            .budget(Budget::calls(budget))
            .without_verdict();
        let error = optimize(refusing(LmErrorKind::Server), run).await;
        let told = matches!(*error.stop, Stop::CannotWork { .. });
        assert!(
            told && error.to_string().contains("not today"),
            "{budget}: {error}"
        );
    }
}

#[tokio::test]
async fn an_unreachable_server_and_a_small_budget_end_with_the_refused_connection() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/v1", listener.local_addr().unwrap());
    drop(listener);
    let lm = OpenAi::builder("m").base_url(url).build().unwrap();
    let run = Run::in_memory()
        .budget(Budget::calls(20))
        .without_verdict()
        .retry(Retry::DEFAULT.with_waits(Duration::from_millis(1), Duration::from_millis(1)));
    let data = splits(5, 40, 40);
    let error = LabeledFewShot::new(is_right as Metric)
        .optimize(&node(lm), &data, &run)
        .await
        .unwrap_err();
    assert!(matches!(*error.stop, Stop::CannotWork { .. }), "{error}");
    let words = error.to_string().to_lowercase();
    assert!(words.contains("refused"), "{words}");
}

#[tokio::test]
async fn a_request_that_is_always_refused_ends_the_run_after_ten_rollouts() {
    for kind in [LmErrorKind::InvalidRequest, LmErrorKind::ContextTooLong] {
        let lm = refusing(kind);
        let error = optimize(lm.clone(), Run::in_memory().concurrency(1)).await;
        assert!(error.to_string().contains("10 rollouts failed"), "{error}");
        assert_eq!(lm.calls(), 10);
        // A budget that is smaller than that.
        let run = Run::in_memory().budget(Budget::calls(4)).without_verdict();
        let error = optimize(refusing(kind), run).await;
        assert!(error.to_string().contains("not today (4 times)"), "{error}");
    }
}

#[tokio::test]
async fn a_metric_that_always_errs_or_panics_ends_the_run() {
    let errs = |_: &Quiz, _: &Quiz| Err::<bool, _>(MetricError::new("no judge"));
    let panics = |gold: &Quiz, _: &Quiz| -> bool { panic!("no gold in {}", gold.question) };
    let run = Run::in_memory().concurrency(1);
    let data = splits(5, 40, 0);
    let (one, other) = (Learner::default(), Learner::default());
    let errs = LabeledFewShot::new(errs)
        .optimize(&node(one.clone()), &data, &run)
        .await;
    let panics = LabeledFewShot::new(panics)
        .optimize(&node(other.clone()), &data, &run)
        .await;
    for (error, words) in [
        (errs, "no judge (10 times)"),
        (panics, "no gold in what is"),
    ] {
        let error = error.unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
    }
    assert_eq!((one.calls(), other.calls()), (10, 10));
}

#[tokio::test]
async fn one_rollout_that_could_be_judged_is_enough_to_go_on() {
    // Replies that cannot be read show that the run works: demos may mend them.
    let unreadable = Scripted::new(|_: &ChatRequest| "");
    let tuned = LabeledFewShot::new(is_right as Metric)
        .optimize(&node(unreadable), &splits(5, 40, 0), &Run::in_memory())
        .await
        .unwrap();
    assert_eq!(tuned.initial_score(), Some(0.0));

    let ninth = Scripted::new(|request: &ChatRequest| {
        // The first validation row has the number 5.
        match request.turns[0].text().contains("number 13?") {
            true => Ok("[[ ## answer ## ]]\nx"),
            false => Err(LmError::new(LmErrorKind::ContentPolicy, "no")),
        }
    });
    let tuned = LabeledFewShot::new(is_right as Metric)
        .optimize(&node(ninth), &splits(5, 40, 0), &Run::in_memory())
        .await
        .unwrap();
    assert_eq!(tuned.report.initial.unwrap().failures().request, 39);
}
