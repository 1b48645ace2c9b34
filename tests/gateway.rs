//! The one gateway, from outside: I2 (nobody else calls a model), I13 (nothing secret is shown), and
//! retries of direct calls.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use dashoptimize::call::{CallError, Context};
use dashoptimize::lm::{
    ChatReply, ChatRequest, Gateway, LmError, LmErrorKind, Price, Purpose, Scripted, Usage,
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
