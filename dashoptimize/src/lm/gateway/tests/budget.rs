//! I3: no limit is ever overrun, and nothing is refused that would have fitted.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;

use super::*;
use crate::lm::gateway::Amount;
use crate::lm::{
    BoxFuture, ChatModel, LmError, LmErrorKind, MediaSupport, ModelInfo, Permit, Price,
    ReplyFormat, ToolDef, Usd,
};

/// The worst case of [`request`]: bytes of `Be brief.` and `number …`, 16 tokens around each of two
/// messages and the reply to come, and 10 tokens of reply.
fn worst_tokens(number: usize) -> u64 {
    request(number).bytes() as u64 + 3 * 16 + 10
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn i3_a_limit_of_calls_is_met_exactly_with_64_concurrent_calls() {
    for limit in [0, 1, 63, 64, 100] {
        let model = model();
        let gateway = Arc::new(gateway(Budget::calls(limit), 64));
        let answered = answered(&gateway, &model.clone().into(), 0..200).await;
        assert_eq!(answered as u64, limit);
        assert_eq!(model.calls(), limit);
        assert_eq!(gateway.total().calls, limit);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn i3_tokens_stay_under_the_limit_and_all_that_fits_is_let_through() {
    let limit = 2_000;
    let gateway = Arc::new(gateway(Budget::tokens(limit), 64));
    let answered = answered(&gateway, &model().into(), 100..400).await as u64;
    let spent = gateway.total().usage.total();
    assert_eq!(spent, answered * 25);
    assert!(spent <= limit);
    assert!(
        spent + worst_tokens(100) > limit,
        "another call would have fitted after {spent} tokens"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn i3_dollars_stay_under_the_limit_to_the_last_cent() {
    let price = Price::per_1m(100.0, 400.0);
    let limit = Usd::from_usd(0.1);
    let gateway = Arc::new(gateway(Budget::usd(0.1), 64));
    let lm = model().with_price(price).into();
    answered(&gateway, &lm, 100..400).await;
    let spent = gateway.total().cost.expect("the model is priced");
    let worst = price.cost(Usage::new(worst_tokens(100) - 10, 10));
    assert!(spent <= limit, "{spent} is over {limit}");
    assert!(
        spent.saturating_add(worst) > limit,
        "more would have fitted after {spent}"
    );
}

/// Two worst cases do not fit at the same time, but two calls do, one after the other.
#[tokio::test]
async fn a_call_waits_for_others_to_settle_for_less() {
    let model = model();
    let limit = 25 + worst_tokens(1);
    let gateway = Arc::new(gateway(Budget::tokens(limit), 64));
    let answered = answered(&gateway, &model.clone().into(), 1..3).await;
    assert_eq!(answered, 2);
    assert_eq!(model.max_concurrent_calls(), 1);
}

#[tokio::test]
async fn what_is_reserved_is_there_afterwards() {
    let lm = model().into();
    let gateway = gateway(Budget::calls(5), 4);
    gateway.set_reserve(Amount {
        calls: 3,
        ..Amount::default()
    });
    assert!(ask(&gateway, &lm, 0).await.is_ok());
    assert!(ask(&gateway, &lm, 1).await.is_ok());
    assert!(ask(&gateway, &lm, 2).await.is_err());
    gateway.set_reserve(Amount::default());
    for number in 2..5 {
        assert!(ask(&gateway, &lm, number).await.is_ok());
    }
    assert!(ask(&gateway, &lm, 5).await.is_err());
}

#[tokio::test]
async fn i3_an_unpriced_model_is_refused_before_the_first_call() {
    let model = model().without_price();
    let lm = model.clone().into();
    let refused = ask(&gateway(Budget::usd(1.0), 1), &lm, 0)
        .await
        .unwrap_err();
    assert!(
        refused
            .to_string()
            .contains("the price of `scripted` is unknown"),
        "{refused}"
    );
    assert_eq!(model.calls(), 0);
}

#[tokio::test]
async fn a_reply_of_any_length_is_refused_where_tokens_are_limited() {
    let model = model();
    let (gateway, lm) = (gateway(Budget::tokens(9_999), 1), Lm::new(model.clone()));
    let mut request = request(0);
    Arc::make_mut(&mut request.params).max_tokens = None;
    let predictor: Arc<str> = "qa".into();
    let tag = Tag::new(Purpose::Task, &predictor);
    let refused = gateway.chat(&lm, &request, tag).await.unwrap_err();
    assert!(
        refused
            .to_string()
            .contains("set `max_tokens` on the program"),
        "{refused}"
    );
    assert_eq!(model.calls(), 0);
}

/// Providers count the schema of a reply as part of the prompt.
#[tokio::test]
async fn a_schema_is_part_of_the_worst_case() {
    let (gateway, lm) = (gateway(Budget::tokens(500), 1), Lm::new(model()));
    let mut request = request(0);
    request.format = Arc::new(ReplyFormat::JsonSchema {
        name: "reply".to_owned(),
        schema: json!({ "description": "x".repeat(500) }),
    });
    let predictor: Arc<str> = "qa".into();
    let tag = Tag::new(Purpose::Task, &predictor);
    let refused = gateway.chat(&lm, &request, tag).await;
    assert!(matches!(refused, Err(ChatError::Refused(_))));
}

/// The limit is one token short of the worst case with the tool, and then just that.
#[tokio::test]
async fn tools_are_part_of_the_worst_case() {
    let tool = ToolDef::new("add", "Adds.", json!({"type": "object"}));
    let mut request = request(0);
    request.tools = Arc::new([tool]);
    let said = "add".len() + "Adds.".len() + r#"{"type":"object"}"#.len();
    let worst = worst_tokens(0) + said as u64 + 16;
    let lm = Lm::new(model().with_native_tools());
    let predictor: Arc<str> = "qa".into();
    let tag = Tag::new(Purpose::Task, &predictor);
    for (limit, fits) in [(worst - 1, false), (worst, true)] {
        let gateway = gateway(Budget::tokens(limit), 1);
        let asked = gateway.chat(&lm, &request, tag).await;
        assert_eq!(asked.is_ok(), fits, "{limit} tokens");
    }
}

/// A request with an image reserves what the image can count as; where that is unknown, a budget that
/// counts tokens refuses it and any other lets it through.
#[tokio::test]
async fn i3_images_are_part_of_the_worst_case() {
    let asked = |support, budget| async move {
        let lm = Lm::new(Sighted(model(), support));
        let mut request = request(0);
        let image = crate::lm::Image::url("https://example.com/cat.png");
        request.turns[0].content = crate::lm::ContentPart::from(image).into();
        let predictor: Arc<str> = "qa".into();
        let tag = Tag::new(Purpose::Task, &predictor);
        gateway(budget, 1).chat(&lm, &request, tag).await
    };
    let image = MediaSupport::UpTo(800);
    let worst = "Be brief.".len() as u64 + 3 * 16 + 10 + 800;
    for (limit, fits) in [(worst - 1, false), (worst, true)] {
        assert_eq!(asked(image, Budget::tokens(limit)).await.is_ok(), fits);
    }
    let unknown = MediaSupport::Unbounded;
    assert!(asked(unknown, Budget::calls(1)).await.is_ok());
    for budget in [Budget::tokens(1_000_000), Budget::usd(1.0)] {
        let refused = asked(unknown, budget).await.unwrap_err().to_string();
        assert!(
            refused.contains("how many tokens images can count"),
            "{refused}"
        );
    }
    let blind = asked(MediaSupport::Unsupported, Budget::unlimited()).await;
    let kind = match blind.unwrap_err() {
        ChatError::Lm(error) => error.kind(),
        error => panic!("{error}"),
    };
    assert_eq!(kind, LmErrorKind::Unsupported);
}

/// A model that takes images to this extent.
struct Sighted(Scripted, MediaSupport);

impl ChatModel for Sighted {
    fn chat<'a>(
        &'a self,
        request: &'a ChatRequest,
        permit: Permit<'a>,
    ) -> BoxFuture<'a, Result<ChatReply, LmError>> {
        self.0.chat(request, permit)
    }

    fn info(&self) -> ModelInfo {
        self.0.info().with_images(self.1)
    }
}

/// Models that only a judge or a proposer calls are checked like those of the program; the length of
/// their replies is left to their requests.
#[test]
fn i3_every_model_of_a_list_is_checked() {
    let (priced, unpriced) = (Lm::new(model()), Lm::new(model().without_price()));
    let bounded = crate::lm::Params::default().with_max_tokens(9);
    let open = crate::lm::Params::default();
    let in_usd = gateway(Budget::usd(1.0), 1);
    assert_eq!(in_usd.check_budget([]), Ok(()));
    assert_eq!(
        in_usd.check_budget([(&priced, None), (&priced, Some(&bounded))]),
        Ok(())
    );
    assert!(matches!(
        in_usd.check_budget([(&priced, Some(&bounded)), (&unpriced, None)]),
        Err(Refusal::Unpriced { .. })
    ));
    assert!(matches!(
        in_usd.check_budget([(&priced, Some(&open))]),
        Err(Refusal::Unbounded { .. })
    ));
}

#[tokio::test(start_paused = true)]
async fn a_call_that_waited_past_the_time_limit_is_not_started() {
    let slow = Scripted::new(|_: &ChatRequest| "yes").with_delay(Duration::from_secs(10));
    let gateway = Arc::new(gateway(Budget::time(Duration::from_secs(5)), 1));
    let answered = answered(&gateway, &slow.clone().into(), 0..3).await;
    assert_eq!(answered, 1, "the others got their slot after 10 s");
    assert_eq!(slow.calls(), 1);
    assert_eq!(gateway.total().calls, 1);
}

#[tokio::test(start_paused = true)]
async fn a_provider_that_asks_to_slow_down_delays_every_call() {
    let count = Count::default();
    let busy = Scripted::new(move |_: &ChatRequest| match count.next() {
        0 => Err(LmError::new(LmErrorKind::RateLimited, "slow down")
            .with_retry_after(Duration::from_secs(30))),
        _ => Ok(ChatReply::new("yes")),
    });
    let gateway = gateway(Budget::unlimited(), 4);
    let lm = busy.into();
    let start = tokio::time::Instant::now();
    let (first, second) = tokio::join!(ask(&gateway, &lm, 0), async {
        tokio::task::yield_now().await;
        ask(&gateway, &lm, 1).await
    });
    assert!(first.is_ok() && second.is_ok());
    assert!(start.elapsed() >= Duration::from_secs(30));
}

#[tokio::test]
async fn no_slot_at_all_counts_as_one() {
    for concurrency in [0, usize::MAX] {
        assert!(
            ask(
                &gateway(Budget::unlimited(), concurrency),
                &model().into(),
                0
            )
            .await
            .is_ok()
        );
    }
}

#[tokio::test]
async fn failed_attempts_count_and_the_limit_holds_among_retries() {
    tokio::time::pause();
    let down = Scripted::new(|_: &ChatRequest| {
        Err::<ChatReply, _>(LmError::new(LmErrorKind::Server, "down"))
    });
    let gateway = gateway(Budget::calls(3), 1);
    let refused = ask(&gateway, &down.clone().into(), 0).await.unwrap_err();
    assert!(matches!(refused, ChatError::Refused(_)), "{refused}");
    assert_eq!(down.calls(), 3);
    let total = gateway.total();
    assert_eq!((total.calls, total.failed), (3, 3));
}
