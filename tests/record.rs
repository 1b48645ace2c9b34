//! Cassettes: what a model was asked and answered, on file.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use dashoptimize::lm::{
    CassetteError, ChatModel, ChatRequest, FinishReason, Lm, LmError, LmErrorKind, Params, Price,
    Recorder, Replay, Scripted, ToolCall, ToolDef,
};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::ask::{ask, ask_once, request};

fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder for the test")
}

/// Says `2 + 2?` twice, fails at `broken`, and records it.
async fn record(path: &Path) {
    let model = Scripted::new(|request: &ChatRequest| match request.turns[0].text() {
        "broken" => Err(LmError::new(LmErrorKind::ContextTooLong, "too long")
            .with_status(400)
            .with_retry_after(Duration::from_millis(1500))),
        other => Ok(format!("re: {other}")),
    });
    let model = model
        .with_id("calculator")
        .with_price(Price::per_1m(1.0, 2.0));
    let lm = Lm::new(Recorder::new(model, path).expect("a new file"));
    for question in ["2 + 2?", "Was ist die Hauptstadt von Österreich?", "broken"] {
        let _ = ask(&lm, &request(question)).await;
    }
}

#[tokio::test]
async fn what_was_recorded_is_replayed() {
    let folder = folder();
    let path = folder.path().join("a.jsonl");
    record(&path).await;
    let replay = Replay::open(&path).expect("a whole file");
    assert_eq!(replay.info().id, "calculator");
    assert_eq!(replay.info().price, Some(Price::per_1m(1.0, 2.0)));
    let lm = Lm::new(replay);
    for _ in 0..2 {
        let reply = ask(&lm, &request("2 + 2?")).await.expect("it was recorded");
        assert_eq!(reply.text, "re: 2 + 2?");
        assert!(reply.usage.is_some());
    }
}

#[tokio::test]
async fn tools_and_their_calls_are_replayed() {
    let folder = folder();
    let path = folder.path().join("a.jsonl");
    let offering = |schema: Value| request("2 + 2?").with_tools([ToolDef::new("add", "", schema)]);
    let call = ToolCall::new("c1", "add", r#"{"a": 2"#);
    let recorded = call.clone();
    let model = Scripted::new(move |_: &ChatRequest| recorded.clone()).with_native_tools();
    let lm = Lm::new(Recorder::new(model, &path).expect("a new file"));
    ask(&lm, &offering(json!({"type": "object"})))
        .await
        .expect("a call");
    let replay = || Lm::new(Replay::open(&path).expect("a whole file"));
    assert!(replay().info().native_tools);
    let reply = ask(&replay(), &offering(json!({"type": "object"}))).await;
    let reply = reply.expect("it was recorded");
    assert_eq!(reply.tool_calls, [call]);
    assert_eq!(reply.finish, FinishReason::ToolCalls);
    let error = ask(&replay(), &offering(json!({})))
        .await
        .expect_err("other tools");
    assert!(error.to_string().contains("the tools differ"), "{error}");
}

#[tokio::test]
async fn a_recorded_failure_is_replayed_as_a_failure() {
    let folder = folder();
    let path = folder.path().join("a.jsonl");
    record(&path).await;
    let replay = Replay::open(&path).expect("a whole file");
    let error = ask_once(replay, &request("broken"))
        .await
        .expect_err("it failed");
    assert_eq!(error.kind(), LmErrorKind::ContextTooLong);
    assert_eq!((error.message(), error.status()), ("too long", Some(400)));
    assert_eq!(error.retry_after(), Some(Duration::from_millis(1500)));
}

#[tokio::test(start_paused = true)]
async fn the_attempts_of_one_request_are_replayed_in_order() {
    let folder = folder();
    let path = folder.path().join("a.jsonl");
    let calls = AtomicUsize::new(0);
    let model = Scripted::new(
        move |_: &ChatRequest| match calls.fetch_add(1, Ordering::Relaxed) {
            0 => Err(LmError::new(LmErrorKind::Server, "busy")),
            _ => Ok("4"),
        },
    );
    let recorder = Lm::new(Recorder::new(model, &path).expect("a new file"));
    ask(&recorder, &request("2 + 2?"))
        .await
        .expect("the second attempt");
    let replay = Replay::open(&path).expect("a whole file");
    let lm = Lm::new(replay);
    assert_eq!(ask(&lm, &request("2 + 2?")).await.expect("again").text, "4");
    let first = Replay::open(&path).expect("a whole file");
    let error = ask_once(first, &request("2 + 2?"))
        .await
        .expect_err("the first attempt");
    assert_eq!(error.kind(), LmErrorKind::Server);
}

#[tokio::test]
async fn an_unknown_request_shows_the_nearest_one() {
    let folder = folder();
    let path = folder.path().join("a.jsonl");
    record(&path).await;
    let difference = |request: ChatRequest| {
        let replay = Replay::open(&path).expect("a whole file");
        async move {
            let error = ask_once(replay, &request).await.expect_err("not recorded");
            assert_eq!(error.kind(), LmErrorKind::Model);
            error.to_string()
        }
    };
    let error = difference(request("Was ist die Hauptstadt von Ungarn?")).await;
    for words in [
        "a.jsonl",
        "line 3",
        "message 2 (user)",
        "character 28",
        "Österreich",
        "Ungarn",
    ] {
        assert!(error.contains(words), "{words}: {error}");
    }
    let mut hot = request("2 + 2?");
    let mut params = Params::default();
    params.temperature = Some(0.7);
    hot.params = Arc::new(params);
    let error = difference(hot).await;
    for words in ["line 2", "parameters differ", r#"{"temperature":0.7}"#] {
        assert!(error.contains(words), "{words}: {error}");
    }
    let mut second = request("2 + 2?");
    second.sample = 1;
    assert!(difference(second).await.contains("sample 1, recorded 0"));
}

#[tokio::test]
async fn a_torn_last_line_is_left_out_and_mended() {
    let folder = folder();
    let path = folder.path().join("a.jsonl");
    record(&path).await;
    let whole = std::fs::read(&path).expect("it was written");
    for cut in 1..60 {
        std::fs::write(&path, &whole[..whole.len() - cut]).expect("a file");
        let replay = Replay::open(&path).expect("only the last line is torn");
        assert!(ask_once(replay, &request("2 + 2?")).await.is_ok());
        record(&path).await;
        let replay = Replay::open(&path).expect("the file was mended");
        let error = ask_once(replay, &request("broken"))
            .await
            .expect_err("it failed");
        assert_eq!(error.kind(), LmErrorKind::ContextTooLong);
    }
}

#[tokio::test]
async fn a_damaged_file_is_a_clear_error() {
    let folder = folder();
    let path = folder.path().join("a.jsonl");
    record(&path).await;
    let whole = std::fs::read_to_string(&path).expect("it was written");
    let lines: Vec<_> = whole.lines().collect();
    let broken = format!("{}\n{{\"request\":\n{}\n", lines[0], lines[1]);
    for (content, words) in [
        ("", "line 1"),
        ("{}\n", "line 1"),
        (
            r#"{"cassette":9,"model":{"id":"m"}}
"#,
            "version 9",
        ),
        (&broken, "line 2"),
        (
            &format!("{}\n{{\"request\":{{\"messages\":[]}}}}\n", lines[0]),
            "either",
        ),
    ] {
        std::fs::write(&path, content).expect("a file");
        let error = Replay::open(&path).expect_err("it is damaged").to_string();
        assert!(
            error.contains(words) && error.contains("a.jsonl"),
            "{error}"
        );
    }
    let missing = Replay::open(folder.path().join("none.jsonl"));
    assert!(matches!(missing, Err(CassetteError::File { .. })));
}

#[tokio::test]
async fn a_file_holds_one_model() {
    let folder = folder();
    let path = folder.path().join("a.jsonl");
    record(&path).await;
    let other = Recorder::new(Scripted::replies(["a"]).with_id("other"), &path);
    let error = other.expect_err("the file is of another model").to_string();
    for words in ["calculator", "other", "a.jsonl"] {
        assert!(error.contains(words), "{error}");
    }
}
