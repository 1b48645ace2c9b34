//! The model that answers from code.

use std::time::Duration;

use dashoptimize::lm::{
    ChatModel, ChatReply, ChatRequest, FinishReason, Lm, LmError, LmErrorKind, Price, Scripted,
    TokenRule, ToolCall, ToolDef, Usage,
};
use serde_json::json;

use crate::support::ask::{ask, ask_once, request};

async fn text(lm: &Lm, question: &str) -> String {
    ask(lm, &request(question)).await.expect("a reply").text
}

#[tokio::test]
async fn replies_go_to_distinct_requests_in_order() {
    let model = Scripted::replies(["a", "b"]);
    let lm = Lm::new(model.clone());
    assert_eq!(text(&lm, "1").await, "a");
    assert_eq!(text(&lm, "2").await, "b");
    assert_eq!(text(&lm, "1").await, "a");
    let error = ask(&lm, &request("3")).await.expect_err("nothing is left");
    assert_eq!(error.kind(), LmErrorKind::Model);
    assert_eq!(model.calls(), 4);
}

#[tokio::test]
async fn a_script_may_fail() {
    let model = Scripted::new(|_: &ChatRequest| -> Result<ChatReply, LmError> {
        Err(LmError::new(LmErrorKind::ContentPolicy, "no"))
    });
    let error = ask_once(model, &request("?")).await.expect_err("it fails");
    assert_eq!(error.kind(), LmErrorKind::ContentPolicy);
}

#[tokio::test]
async fn tokens_are_counted_by_the_rule() {
    // "Be brief." and "two words" have 9 bytes each, the reply 11.
    let usage = |rule| async move {
        let model = Scripted::replies(["three words now"[..11].to_owned()]).with_tokens(rule);
        ask_once(model, &request("two words"))
            .await
            .expect("a reply")
            .usage
    };
    assert_eq!(usage(TokenRule::Bytes).await, Some(Usage::new(5, 3)));
    assert_eq!(usage(TokenRule::Words).await, Some(Usage::new(4, 2)));
    assert_eq!(
        usage(TokenRule::Each(Usage::new(1, 2))).await,
        Some(Usage::new(1, 2))
    );
    assert_eq!(usage(TokenRule::Unknown).await, None);
}

#[tokio::test]
async fn a_script_may_call_tools() {
    let call = ToolCall::new("c1", "add", r#"{"a": 1}"#);
    let model = Scripted::replies([call.clone()]).with_native_tools();
    let lm = Lm::new(model);
    assert!(lm.info().native_tools);
    let asked = request("1 + 1?").with_tools([ToolDef::new("add", "", json!({}))]);
    let reply = ask(&lm, &asked).await.expect("a call");
    assert_eq!(reply.finish, FinishReason::ToolCalls);
    assert_eq!(reply.tool_calls, [call]);
    // 9 bytes of rules, 6 of question and 5 of the tool; 13 of the call.
    assert_eq!(reply.usage, Some(Usage::new(5, 4)));
    let words = Scripted::replies([ToolCall::new("c1", "add", r#"{"a": 1}"#)]);
    let reply = ask_once(words.with_tokens(TokenRule::Words), &request("1 + 1?")).await;
    // "Be brief." and "1 + 1?"; the name and two words of arguments.
    assert_eq!(reply.expect("a call").usage, Some(Usage::new(5, 3)));
}

#[tokio::test(start_paused = true)]
async fn calls_at_once_are_counted_and_cancelled_ones_end() {
    let model = Scripted::new(|_: &ChatRequest| "a").with_delay(Duration::from_secs(1));
    let lm = Lm::new(model.clone());
    let (one, two) = (request("1"), request("2"));
    let (a, b) = tokio::join!(ask(&lm, &one), ask(&lm, &two));
    assert!(a.is_ok() && b.is_ok());
    assert_eq!(model.max_concurrent_calls(), 2);
    for _ in 0..3 {
        let cancelled = tokio::time::timeout(Duration::from_millis(1), ask(&lm, &one)).await;
        assert!(cancelled.is_err());
    }
    assert_eq!((model.calls(), model.max_concurrent_calls()), (5, 2));
}

#[tokio::test]
async fn it_says_what_it_is_told_to_say() {
    let price = Price::per_1m(1.0, 2.0);
    let model = Scripted::replies(["a"]).with_id("mine").with_price(price);
    assert_eq!(
        (model.info().id.as_str(), model.info().price),
        ("mine", Some(price))
    );
    assert_eq!(Scripted::replies(["a"]).info().price, Some(Price::FREE));
    assert_eq!(model.without_price().info().price, None);
}

#[tokio::test]
async fn requests_are_kept_on_demand() {
    let model = Scripted::replies(["a"]).keeping_requests();
    ask_once(model.clone(), &request("1"))
        .await
        .expect("a reply");
    let requests = model.requests();
    assert_eq!(requests.len(), 1);
    assert_eq!(requests[0].turns[0].text(), "1");
}
