//! What calls cost that fail or whose usage cannot be right, and what that does to later calls.

use std::sync::Arc;
use std::time::Duration;

use super::*;
use crate::lm::{FailureCost, LmError, LmErrorKind, Price, Usd};

/// What a single failed call of this kind costs.
async fn failed(error: LmError) -> Spend {
    let lm = Scripted::new(move |_: &ChatRequest| Err::<ChatReply, _>(error.clone()));
    let lm = lm.with_price(Price::per_1m(1.0, 2.0)).into();
    let gateway = Gateway::of_run(
        Budget::tokens(9_999),
        1,
        Retry::none(),
        Journal::in_memory(),
        None,
    );
    ask(&gateway, &lm, 0).await.unwrap_err();
    gateway.total()
}

#[tokio::test]
async fn i3_a_failed_call_costs_what_may_be_billed() {
    use LmErrorKind::*;
    let worst = [Timeout, Connection, Protocol, ContextTooLong, ContentPolicy];
    for kind in worst {
        let spend = failed(LmError::new(kind, "no")).await;
        assert_eq!((spend.calls, spend.failed), (1, 1), "{kind:?}");
        assert!(
            spend.unmetered_tokens > 0 && spend.cost > Some(Usd::ZERO),
            "{kind:?}"
        );
    }
    for kind in [
        RateLimited,
        Server,
        Auth,
        NotFound,
        InvalidRequest,
        Quota,
        Model,
    ] {
        let spend = failed(LmError::new(kind, "no")).await;
        assert_eq!((spend.calls, spend.failed), (1, 1), "{kind:?}");
        assert_eq!(
            (spend.amount().tokens, spend.cost),
            (0, Some(Usd::ZERO)),
            "{kind:?}"
        );
    }
    let unsent = [
        LmError::new(Connection, "no").with_cost(FailureCost::NotSent),
        LmError::new(Unsupported, "no"),
    ];
    for error in unsent {
        let spend = failed(error).await;
        assert_eq!((spend.calls, spend.failed, spend.unsent), (0, 0, 1));
        assert_eq!((spend.amount().tokens, spend.cost), (0, Some(Usd::ZERO)));
    }
    let billed = FailureCost::Usage(Usage::new(30, 4));
    let spend = failed(LmError::new(InvalidRequest, "no").with_cost(billed)).await;
    assert_eq!((spend.failed, spend.usage), (1, Usage::new(30, 4)));
}

#[tokio::test(start_paused = true)]
async fn i3_attempts_that_were_never_sent_leave_the_budget_as_it_is() {
    let count = Count::default();
    let lm = Scripted::new(move |_: &ChatRequest| match count.next() {
        0..4 => Err(LmError::new(LmErrorKind::Connection, "no").with_cost(FailureCost::NotSent)),
        _ => Ok(ChatReply::new("yes")),
    });
    let gateway = gateway(Budget::calls(1), 1);
    assert!(ask(&gateway, &lm.into(), 0).await.is_ok());
    let total = gateway.total();
    assert_eq!((total.calls, total.unsent), (1, 4));
}

#[tokio::test]
async fn i3_a_usage_that_cannot_be_is_unknown() {
    let of = async |usage: Option<Usage>, text: &'static str| {
        let lm = Scripted::new(move |_: &ChatRequest| {
            let reply = ChatReply::new(text);
            usage.map_or(reply.clone(), |usage| reply.with_usage(usage))
        });
        let lm = lm.with_tokens(crate::lm::TokenRule::Unknown);
        let gateway = gateway(Budget::tokens(9_999), 1);
        ask(&gateway, &lm.into(), 0).await.unwrap();
        let total = gateway.total();
        (total.usage.total(), total.unmetered_tokens > 0)
    };
    for (usage, text) in [
        (None, "yes"),
        (Some(Usage::new(0, 0)), "yes"),
        (Some(Usage::new(0, 0)), ""),
        (Some(Usage::new(20, 0)), "yes"),
        (Some(Usage::new(0, 5)), "yes"),
    ] {
        assert_eq!(of(usage, text).await, (0, true), "{usage:?} {text:?}");
    }
    assert_eq!(of(Some(Usage::new(20, 5)), "yes").await, (25, false));
    assert_eq!(of(Some(Usage::new(20, 0)), "").await, (20, false));
}

/// What is sent, and what it costs in tokens and dollars, where each reply is reported with this usage.
async fn until_refused(budget: Budget, usage: Usage) -> (u64, Spend, Vec<UsageExcess>) {
    let model = model()
        .with_usage(usage)
        .with_price(Price::per_1m(1.0, 2.0));
    let gateway = Arc::new(gateway(budget, 64));
    let lm = model.clone().into();
    answered(&gateway, &lm, 0..2_000).await;
    (model.calls(), gateway.total(), gateway.excesses())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn i3_usage_beyond_the_worst_case_is_passed_by_calls_in_flight_alone_and_said() {
    let usages = [
        Usage::new(20, 500),
        Usage::new(20, 3_000),
        Usage::new(9_000, 5),
        Usage::new(400, 400),
    ];
    for usage in usages {
        let limit = 20_000;
        let (calls, total, excesses) = until_refused(Budget::tokens(limit), usage).await;
        let in_flight = 64 * usage.total();
        let tokens = total.amount().tokens;
        assert!(tokens < limit + in_flight, "{usage:?}: {tokens}");
        assert_eq!(
            tokens,
            calls * usage.total(),
            "all that was reported is spent"
        );
        assert_eq!((excesses.len(), excesses[0].calls), (1, calls));
        let words = excesses[0].to_string();
        assert!(
            words.starts_with(&format!("`scripted` reported {} tokens", usage.total())),
            "{words}"
        );
        let (_, total, _) = until_refused(Budget::usd(0.05), usage).await;
        let cost = total.cost.unwrap().as_usd();
        let most = Price::per_1m(1.0, 2.0).cost(usage).as_usd() * 64.0;
        assert!(cost < 0.05 + most, "{usage:?}: {cost}");
    }
}

#[tokio::test]
async fn i3_once_it_was_seen_usage_beyond_the_worst_case_passes_no_limit() {
    // One after the other: only the first call can exceed the limit.
    let model = model().with_usage(Usage::new(100, 300));
    let gateway = gateway(Budget::tokens(2_000), 1);
    let lm = model.clone().into();
    for number in 0..99 {
        let _ = ask(&gateway, &lm, number).await;
    }
    assert_eq!(model.calls(), 5, "five calls of 400 tokens");
    // Without a limit in tokens or dollars, nothing depends on it.
    let other = super::gateway(Budget::calls(9), 1);
    ask(&other, &lm, 0).await.unwrap();
    assert!(other.excesses().is_empty());
}

#[tokio::test]
async fn i3_a_resumed_run_knows_of_usage_beyond_the_worst_case() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.jsonl");
    let open = || Journal::open(&path, crate::lm::gateway::RecordedFailures::Keep).unwrap();
    let lm: Lm = model().with_usage(Usage::new(100, 300)).into();
    let first = with_journal(Budget::tokens(900), 1, open());
    ask(&first, &lm, 0).await.unwrap();
    let excesses = first.excesses();
    assert_eq!(excesses.len(), 1);
    drop(first);
    // 500 tokens are left, which the second call could exceed if the first had not been seen.
    let second = with_journal(Budget::tokens(790), 1, open());
    assert_eq!(second.excesses(), excesses);
    assert!(matches!(
        ask(&second, &lm, 1).await,
        Err(ChatError::Refused(Refusal::UsedUp { .. }))
    ));
}

#[tokio::test(start_paused = true)]
async fn no_wait_lasts_longer_than_the_time_limit() {
    let asks = |kind, wait| {
        Scripted::new(move |_: &ChatRequest| {
            let error = LmError::new(kind, "wait");
            Err::<ChatReply, _>(error.with_retry_after(Duration::from_secs(wait)))
        })
    };
    let limit = Duration::from_millis(300);
    let slow = model().with_delay(Duration::from_secs(100));
    for (lm, first) in [
        // A provider that asks all calls to wait, and one that asks this one to.
        (asks(LmErrorKind::RateLimited, 6), None),
        (asks(LmErrorKind::Server, 6), None),
        // A slot, and an equal request, that another call has.
        (model(), Some(0)),
        (slow.clone(), Some(1)),
    ] {
        let gateway = gateway(Budget::time(limit), 1);
        let busy: Lm = slow.clone().into();
        let lm = lm.into();
        let started = tokio::time::Instant::now();
        let other = async {
            if first.is_some() {
                let _ = ask(&gateway, &busy, 1).await;
            }
        };
        let asked = async {
            tokio::task::yield_now().await;
            ask(&gateway, &lm, first.unwrap_or(0)).await
        };
        let refused = tokio::select! {
            biased;
            () = other, if first.is_some() => panic!("it takes longer"),
            asked = asked => asked.unwrap_err(),
        };
        assert!(
            matches!(refused, ChatError::Refused(Refusal::OutOfTime { .. })),
            "{refused}"
        );
        assert_eq!(refused.to_string(), "the time limit of 300ms is reached");
        assert!(
            started.elapsed() < limit + Duration::from_millis(20),
            "{:?}",
            started.elapsed()
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_wait_for_the_budget_ends_at_the_time_limit() {
    let slow = model().with_delay(Duration::from_secs(100));
    // One worst case fits, a second only when the first has settled for less.
    let budget = Budget::tokens(110).and(Budget::time(Duration::from_secs(2)));
    let gateway = gateway(budget, 9);
    let lm: Lm = slow.into();
    let started = tokio::time::Instant::now();
    let refused = tokio::select! {
        biased;
        _ = ask(&gateway, &lm, 1) => panic!("it takes longer"),
        second = ask(&gateway, &lm, 2) => second.unwrap_err(),
    };
    assert!(
        matches!(refused, ChatError::Refused(Refusal::OutOfTime { .. })),
        "{refused}"
    );
    assert_eq!(started.elapsed().as_secs(), 2);
}
