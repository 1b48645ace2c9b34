//! The one gateway, from outside: I2 (nobody else calls a model), I13 (nothing secret is shown), and
//! retries of direct calls.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use dashoptimize::call::{CallError, Context};
use dashoptimize::lm::{
    Budget, ChatReply, ChatRequest, Gateway, LmError, LmErrorKind, Price, Purpose, Refusal, Retry,
    Scripted, Usage,
};
use dashoptimize::module::{Module, ModuleExt, Predict};

use crate::support::triage::{Triage, input, reply};

fn right() -> Scripted {
    Scripted::new(|_: &ChatRequest| reply("Other", 0.5))
}

#[tokio::test]
async fn i2_every_part_of_the_ledger_has_its_purpose_predictor_and_candidate() {
    let gateway = Gateway::direct();
    let lm = right()
        .with_usage(Usage::new(100, 10))
        .with_price(Price::per_1m(1.0, 2.0));
    let program = Predict::<Triage>::new(lm);
    for (number, purpose) in Purpose::ALL.into_iter().enumerate() {
        for candidate in 0..number as u32 + 1 {
            let context = Context::new(&gateway)
                .with_purpose(purpose)
                .with_candidate(candidate);
            program.forward(&context, input("x")).await.unwrap();
        }
    }
    let ledger = gateway.ledger();
    let total = ledger.total();
    assert_eq!(ledger.parts().count(), 15);
    assert_eq!(total.calls, 15);
    assert_eq!(total.usage, Usage::new(1_500, 150));
    let mut sum = dashoptimize::lm::Spend::default();
    for (_, predictor, _, spend) in ledger.parts() {
        assert_eq!(predictor, "predict");
        sum += spend;
    }
    assert_eq!(sum, total);
    assert_eq!(ledger.for_predictor("predict"), total);
}

#[tokio::test(start_paused = true)]
async fn direct_calls_retry_only_what_another_attempt_can_mend() {
    let transient = [
        LmErrorKind::RateLimited,
        LmErrorKind::Server,
        LmErrorKind::Timeout,
        LmErrorKind::Connection,
        LmErrorKind::Protocol,
    ];
    let lasting = [
        LmErrorKind::Auth,
        LmErrorKind::NotFound,
        LmErrorKind::InvalidRequest,
        LmErrorKind::ContextTooLong,
        LmErrorKind::ContentPolicy,
        LmErrorKind::Quota,
        LmErrorKind::Model,
    ];
    let calls_until_answered = async |kind| {
        let count = Arc::new(AtomicU64::new(0));
        let calls = Arc::clone(&count);
        let model =
            Scripted::new(
                move |_: &ChatRequest| match count.fetch_add(1, Ordering::SeqCst) {
                    0..2 => Err(LmError::new(kind, "not now")),
                    _ => Ok(ChatReply::new(reply("Other", 0.5))),
                },
            );
        let answer = Predict::<Triage>::new(model).call(input("x")).await;
        (answer, calls.load(Ordering::SeqCst))
    };
    for kind in transient {
        let (answer, calls) = calls_until_answered(kind).await;
        assert!(answer.is_ok(), "{kind:?}");
        assert_eq!(calls, 3, "{kind:?}");
    }
    for kind in lasting {
        let (answer, calls) = calls_until_answered(kind).await;
        assert!(matches!(answer, Err(CallError::Lm { .. })), "{kind:?}");
        assert_eq!(calls, 1, "{kind:?}");
    }
}

#[tokio::test]
async fn i3_an_unpriced_call_is_not_free() {
    let gateway = Gateway::direct();
    let program = Predict::<Triage>::new(right().without_price());
    program
        .forward(&Context::new(&gateway), input("x"))
        .await
        .unwrap();
    assert_eq!(gateway.ledger().total().cost, None);
}

/// Calls a program this often at the same time with one gateway, as a service does. Returns how many calls
/// were answered; the others must be refused.
async fn served(gateway: Gateway, program: &Predict<Triage>, calls: usize) -> (usize, Gateway) {
    let gateway = Arc::new(gateway);
    let tasks: Vec<_> = (0..calls)
        .map(|number| {
            let (gateway, program) = (Arc::clone(&gateway), program.clone());
            let message = format!("message {number}");
            tokio::spawn(async move { program.call_in(&gateway, input(&message)).await })
        })
        .collect();
    let mut answered = 0;
    for task in tasks {
        match task.await.unwrap() {
            Ok(_) => answered += 1,
            Err(CallError::Refused { .. }) => {}
            Err(error) => panic!("{error}"),
        }
    }
    (answered, Arc::into_inner(gateway).unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn i3_a_budget_outside_of_a_run_is_hard() {
    let model = right()
        .with_usage(Usage::new(20, 5))
        .with_price(Price::per_1m(1.0, 2.0))
        .with_delay(Duration::from_millis(1));
    let program = Predict::<Triage>::new(model.clone()).max_tokens(20);
    let gateway = Gateway::direct().budget(Budget::calls(70)).concurrency(64);
    let (answered, gateway) = served(gateway, &program, 200).await;
    assert_eq!((answered, model.calls()), (70, 70));
    assert_eq!(gateway.ledger().total().calls, 70);
    let (_, gateway) = served(
        Gateway::direct().budget(Budget::tokens(5_000)),
        &program,
        400,
    )
    .await;
    let spent = gateway.ledger().total().usage.total();
    assert!(spent <= 5_000 && spent > 4_000, "{spent}");
    let (_, gateway) = served(Gateway::direct().budget(Budget::usd(0.003)), &program, 400).await;
    let cost = gateway.ledger().total().cost.unwrap().as_usd();
    assert!(cost <= 0.003 && cost > 0.002, "{cost}");
}

#[tokio::test]
async fn a_budget_that_cannot_be_enforced_outside_of_a_run_refuses_the_call() {
    let refusal = async |lm: Scripted, budget| {
        let gateway = Gateway::direct().budget(budget);
        let program = Predict::<Triage>::new(lm.clone());
        let refused = program.call_in(&gateway, input("x")).await.unwrap_err();
        assert_eq!(lm.calls(), 0);
        match refused {
            CallError::Refused { source, .. } => source,
            error => panic!("{error}"),
        }
    };
    let unpriced = refusal(
        right().without_price().with_max_output_tokens(9),
        Budget::usd(1.0),
    );
    assert!(matches!(unpriced.await, Refusal::Unpriced { .. }));
    let unbounded = refusal(right(), Budget::tokens(9_999));
    assert!(matches!(unbounded.await, Refusal::Unbounded { .. }));
    for usd in [-1.0, f64::NAN, f64::NEG_INFINITY, 0.0] {
        let lm = right()
            .with_price(Price::per_1m(1.0, 1.0))
            .with_max_output_tokens(9);
        assert!(matches!(
            refusal(lm, Budget::usd(usd)).await,
            Refusal::UsedUp { .. }
        ));
    }
}

#[tokio::test]
async fn a_gateway_limits_how_many_calls_are_in_flight() {
    let model = right().with_delay(Duration::from_millis(2));
    let program = Predict::<Triage>::new(model.clone());
    for (limit, expected) in [(0, 1), (1, 1), (5, 5)] {
        let (answered, _) = served(Gateway::direct().concurrency(limit), &program, 20).await;
        assert_eq!(answered, 20);
        assert!(model.max_concurrent_calls() <= expected, "{limit}");
    }
}

fn failing(error: impl Fn() -> LmError + Send + Sync + 'static) -> Scripted {
    Scripted::new(move |_: &ChatRequest| Err::<ChatReply, _>(error()))
}

fn busy() -> LmError {
    LmError::new(LmErrorKind::Server, "busy")
}

#[tokio::test(start_paused = true)]
async fn retries_outside_of_a_run_are_settable() {
    for (retry, calls, seconds) in [
        (Retry::none(), 1, 0.0),
        (Retry::DEFAULT.with_attempts(2), 3, 1.5),
        (Retry::DEFAULT, 5, 7.5),
    ] {
        let lm = failing(busy);
        let gateway = Gateway::direct().retry(retry);
        let start = tokio::time::Instant::now();
        let program = Predict::<Triage>::new(lm.clone());
        program.call_in(&gateway, input("x")).await.unwrap_err();
        assert_eq!(lm.calls(), calls);
        assert_eq!(gateway.ledger().total().failed, calls);
        assert!((start.elapsed().as_secs_f64() - seconds).abs() < 0.05);
    }
}

#[tokio::test(start_paused = true)]
async fn with_jitter_calls_that_failed_together_are_not_tried_again_together() {
    let retry = Retry::DEFAULT.with_attempts(1).with_jitter(7);
    let gateway = Gateway::direct().retry(retry);
    let program = Predict::<Triage>::new(failing(busy));
    let wait = async || {
        let start = tokio::time::Instant::now();
        program.call_in(&gateway, input("x")).await.unwrap_err();
        start.elapsed()
    };
    let waits = tokio::join!(wait(), wait());
    assert_ne!(waits.0, waits.1);
}

#[tokio::test(start_paused = true)]
async fn a_deadline_holds_for_a_call_with_all_its_attempts_and_waits() {
    let limit = Duration::from_secs(3);
    let slow = right().with_delay(Duration::from_secs(100));
    let later = || {
        LmError::new(LmErrorKind::RateLimited, "later").with_retry_after(Duration::from_secs(60))
    };
    for (lm, calls) in [(failing(busy), 3), (failing(later), 1), (slow, 1)] {
        let gateway = Gateway::direct().deadline(limit);
        let program = Predict::<Triage>::new(lm.clone()).max_tokens(20);
        let start = tokio::time::Instant::now();
        let error = program.call_in(&gateway, input("x")).await.unwrap_err();
        let CallError::Lm { source, .. } = error else {
            panic!("{error}");
        };
        assert_eq!(source.kind(), LmErrorKind::Timeout);
        assert!(source.message().contains("within 3s"), "{source}");
        assert_eq!(start.elapsed().as_secs(), 3);
        assert_eq!(lm.calls(), calls);
        let total = gateway.ledger().total();
        assert_eq!((total.calls, total.failed), (calls, calls));
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_that_a_service_drops_is_in_the_ledger_and_spent() {
    let model = right().with_delay(Duration::from_secs(100));
    let program = Predict::<Triage>::new(model.clone()).max_tokens(20);
    let gateway = Gateway::direct().budget(Budget::calls(1));
    let call = program.call_in(&gateway, input("x"));
    assert!(
        tokio::time::timeout(Duration::from_secs(1), call)
            .await
            .is_err()
    );
    let total = gateway.ledger().total();
    assert_eq!((total.calls, total.failed), (1, 1));
    assert!(total.unmetered_tokens > 0);
    let refused = program.call_in(&gateway, input("y")).await.unwrap_err();
    assert!(matches!(refused, CallError::Refused { .. }), "{refused}");
    // Without a budget it is entered too.
    let gateway = Gateway::direct();
    let call = program.call_in(&gateway, input("x"));
    assert!(
        tokio::time::timeout(Duration::from_secs(1), call)
            .await
            .is_err()
    );
    assert_eq!(gateway.ledger().total(), total);
}

#[tokio::test(start_paused = true)]
async fn a_provider_that_asks_to_slow_down_delays_every_call_of_a_gateway() {
    let count = Arc::new(AtomicU64::new(0));
    let lm = Scripted::new(move |_: &ChatRequest| {
        let later = LmError::new(LmErrorKind::RateLimited, "later");
        match count.fetch_add(1, Ordering::SeqCst) {
            0 => Err(later.with_retry_after(Duration::from_secs(30))),
            _ => Ok(reply("Other", 0.5)),
        }
    });
    let program = Predict::<Triage>::new(lm);
    let gateway = Gateway::direct();
    let start = tokio::time::Instant::now();
    let (first, second) = tokio::join!(program.call_in(&gateway, input("x")), async {
        tokio::task::yield_now().await;
        let answer = program.call_in(&gateway, input("y")).await;
        (answer, start.elapsed())
    });
    assert!(first.is_ok() && second.0.is_ok());
    assert_eq!(second.1.as_secs(), 30);
}

/// I13: prompts, replies and addresses do not come out of `Debug`.
#[tokio::test]
async fn i13_nothing_of_a_call_is_shown_by_debug() {
    let secret = "sk-very-secret";
    let gateway = Gateway::direct();
    let program = Predict::<Triage>::new(right());
    let context = Context::new(&gateway);
    program.forward(&context, input(secret)).await.unwrap();
    for shown in [
        format!("{gateway:?}"),
        format!("{program:?}"),
        format!("{context:?}"),
    ] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

/// I2, in the source: the permit is made in the gateway and nowhere else, so nobody else can call a
/// model; who wraps a model hands on the permit that it was given.
#[test]
fn i2_only_the_gateway_makes_permits() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../dashoptimize/src");
    let mut makers = Vec::new();
    for path in rust_files(&source) {
        let text = fs::read_to_string(&path).unwrap();
        let name = path.strip_prefix(&source).unwrap().display().to_string();
        if name.contains("/tests/") {
            continue;
        }
        if text.contains("Permit::granted()") {
            makers.push(name);
        }
    }
    let in_gateway = |name: &String| name.starts_with("lm/gateway/");
    assert!(
        !makers.is_empty() && makers.iter().all(in_gateway),
        "{makers:?}"
    );
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files.sort();
    files
}
