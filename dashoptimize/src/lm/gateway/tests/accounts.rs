//! I2: what is spent is entered once, whatever becomes of a call.

use std::path::Path;
use std::time::Duration;

use super::*;
use crate::lm::gateway::RecordedFailures;
use crate::lm::{LmError, LmErrorKind, Price};

fn open(path: &Path) -> Journal {
    Journal::open(path, RecordedFailures::Keep).expect("the journal opens")
}

/// What the next attempt at the run of the run finds must be what this one spent.
fn assert_recorded(path: &Path, gateway: Gateway) {
    let ledger = gateway.ledger();
    drop(gateway);
    assert_eq!(open(path).ledger(), ledger);
    assert_eq!(sum(&ledger), ledger.total());
}

#[tokio::test(start_paused = true)]
async fn i2_parts_sum_to_the_total_and_survive_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.jsonl");
    let count = Count::default();
    // Every third call fails, in one way after the other.
    let shaky = Scripted::new(move |_: &ChatRequest| {
        let call = count.next();
        let kind = match call % 9 {
            2 => LmErrorKind::Timeout,
            5 => LmErrorKind::Server,
            8 => LmErrorKind::InvalidRequest,
            _ => return Ok(ChatReply::new("yes").with_usage(Usage::new(7, 3))),
        };
        Err(LmError::new(kind, "no"))
    })
    .with_price(Price::per_1m(1.0, 2.0));
    let lm = shaky.clone().into();
    let gateway = with_journal(Budget::unlimited(), 4, open(&path));
    for number in 0..30 {
        let purpose = Purpose::ALL[number % Purpose::ALL.len()];
        let _ = ask_as(&gateway, &lm, number, purpose).await;
    }
    let total = gateway.total();
    assert_eq!(total.calls, shaky.calls());
    assert!(total.failed > 0 && total.unmetered_tokens > 0 && total.cost.is_some());
    let ledger = gateway.ledger();
    let mut by_purpose = Spend::default();
    for purpose in Purpose::ALL {
        by_purpose += ledger.for_purpose(purpose);
    }
    assert_eq!(by_purpose, total);
    assert_eq!(ledger.for_predictor("qa"), total);
    assert_recorded(&path, gateway);
}

#[tokio::test(start_paused = true)]
async fn a_call_dropped_on_its_way_counts_with_its_worst_case() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.jsonl");
    let slow = model().with_delay(Duration::from_secs(60));
    let lm: Lm = slow.clone().into();
    let gateway = with_journal(Budget::calls(2), 1, open(&path));
    let given_up = tokio::time::timeout(Duration::from_secs(1), ask(&gateway, &lm, 0)).await;
    assert!(given_up.is_err());
    let total = gateway.total();
    assert_eq!((total.calls, total.failed), (1, 1));
    assert!(total.unmetered_tokens > 0);
    // It is asked again, and paid again, because nobody saw the reply.
    assert!(ask(&gateway, &lm, 0).await.is_ok());
    assert!(
        ask(&gateway, &lm, 1).await.is_err(),
        "both calls are used up"
    );
    assert_eq!(slow.calls(), 2);
    assert_eq!(sum(&gateway.ledger()), gateway.total());
    drop(gateway);
    // The next attempt at the run finds both: the one that was dropped, and the one that was answered.
    let total = open(&path).ledger().total();
    assert_eq!((total.calls, total.failed), (2, 1));
}

#[tokio::test(start_paused = true)]
async fn a_call_dropped_before_it_is_sent_costs_nothing() {
    let slow = model().with_delay(Duration::from_secs(60));
    let lm: Lm = slow.clone().into();
    let gateway = gateway(Budget::calls(2), 1);
    let (first, waiting) = tokio::join!(
        ask(&gateway, &lm, 0),
        tokio::time::timeout(Duration::from_secs(1), ask(&gateway, &lm, 1)),
    );
    assert!(first.is_ok() && waiting.is_err());
    assert_eq!(gateway.total().calls, 1);
    assert!(
        ask(&gateway, &lm, 2).await.is_ok(),
        "the second call is still there"
    );
}

#[tokio::test(start_paused = true)]
async fn attempts_before_a_refusal_are_recorded() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.jsonl");
    let down = Scripted::new(|_: &ChatRequest| {
        Err::<ChatReply, _>(LmError::new(LmErrorKind::Server, "down"))
    });
    let gateway = with_journal(Budget::calls(2), 1, open(&path));
    assert!(ask(&gateway, &down.into(), 0).await.is_err());
    assert_eq!(gateway.total().calls, 2);
    assert_recorded(&path, gateway);
}

#[tokio::test]
async fn an_unknown_cost_is_unknown_and_never_nothing() {
    // No usage, no limit of tokens: nobody knows how long the reply was.
    let silent = Scripted::new(|_: &ChatRequest| "yes")
        .with_tokens(crate::lm::TokenRule::Unknown)
        .with_price(Price::per_1m(1.0, 1.0));
    let (gateway, lm) = (gateway(Budget::calls(9), 1), Lm::new(silent));
    let mut request = request(0);
    Arc::make_mut(&mut request.params).max_tokens = None;
    let predictor: Arc<str> = "qa".into();
    let tag = Tag::new(Purpose::Judge, &predictor).with_candidate(3);
    gateway.chat(&lm, &request, tag).await.unwrap();
    assert_eq!(gateway.total().cost, None);
    // With a limit, the worst case stands in.
    ask(&self::gateway(Budget::calls(9), 1), &lm, 0)
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn equal_requests_at_once_are_one_call() {
    for _ in 0..50 {
        let model = model();
        let gateway = Arc::new(gateway(Budget::unlimited(), 64));
        let lm: Lm = model.clone().into();
        let tasks: Vec<_> = (0..32)
            .map(|_| {
                let (gateway, lm) = (Arc::clone(&gateway), lm.clone());
                tokio::spawn(async move { ask(&gateway, &lm, 7).await })
            })
            .collect();
        for task in tasks {
            assert_eq!(task.await.unwrap().unwrap().text, "yes");
        }
        assert_eq!(model.calls(), 1);
        assert_eq!(gateway.total().calls, 1);
    }
}

#[tokio::test]
async fn another_sample_is_another_call() {
    let model = model();
    let (gateway, lm) = (gateway(Budget::unlimited(), 1), Lm::new(model.clone()));
    let predictor: Arc<str> = "qa".into();
    for sample in [0, 1, 0, 1] {
        let mut request = request(0);
        request.sample = sample;
        let tag = Tag::new(Purpose::Task, &predictor);
        gateway.chat(&lm, &request, tag).await.unwrap();
    }
    assert_eq!(model.calls(), 2);
}
