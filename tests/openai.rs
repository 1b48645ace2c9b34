//! The client of OpenAI's protocol against a server on a real socket.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use dashoptimize::lm::{
    ChatModel, ChatRequest, ContentPart, FinishReason, Image, Lm, LmError, LmErrorKind,
    MaxTokensField, Media, Message, OpenAi, OpenAiBuilder, Params, Price, ReplyFormat, Secret,
    Thinking, ToolCall, ToolDef, Usage,
};
use serde_json::{Value, json};

use crate::support::ask::{ask, ask_once, request};
use crate::support::server::{Answer, Server};

const KEY: &str = "test-key-0123456789-very-secret";

fn client(server: &Server) -> OpenAiBuilder {
    OpenAi::builder("gpt-4o-mini")
        .base_url(server.url())
        .api_key(KEY)
}

fn build(builder: OpenAiBuilder) -> OpenAi {
    builder.build().expect("good settings")
}

/// Asks once and gives the failure.
async fn failure(answer: Answer) -> LmError {
    let server = Server::start([answer]).await;
    let asked = ask_once(build(client(&server)), &request("2 + 2?")).await;
    asked.expect_err("the server fails")
}

#[tokio::test]
async fn a_reply_comes_with_its_usage() {
    let server = Server::start([Answer::text("4 ✓")]).await;
    let reply = ask_once(build(client(&server)), &request("2 + 2?")).await;
    let reply = reply.expect("a reply");
    let usage = Usage::new(10, 3).with_cached(4);
    assert_eq!(reply.text, "4 ✓");
    assert_eq!(reply.finish, FinishReason::Stop);
    assert_eq!(reply.usage, Some(usage));
}

#[tokio::test]
async fn the_wire_carries_what_is_set_and_nothing_else() {
    let server = Server::start([Answer::text("4")]).await;
    ask_once(build(client(&server)), &request("2 + 2?"))
        .await
        .expect("a reply");
    let sent = server.received().remove(0);
    assert_eq!(
        sent.body,
        r#"{"model":"gpt-4o-mini","messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"2 + 2?"}]}"#
    );
    assert!(
        sent.head
            .starts_with("post /v1/chat/completions http/1.1\r\n"),
        "{}",
        sent.head
    );
    assert!(
        sent.head
            .contains(&format!("authorization: bearer {KEY}\r\n"))
    );
    assert!(sent.head.contains("content-type: application/json\r\n"));
}

#[tokio::test]
async fn the_wire_carries_all_that_can_be_set() {
    let server = Server::start([Answer::text("{}")]).await;
    let params = Params::default()
        .with_temperature(0.0)
        .with_max_tokens(64)
        .with_seed(7)
        .with_stop(["END"]);
    let schema = json!({"type": "object", "properties": {"answer": {"type": "integer"}}});
    let format = ReplyFormat::JsonSchema {
        name: "Answer".to_owned(),
        schema,
    };
    let full = request("2 + 2?").with_params(params).with_format(format);
    let model = client(&server)
        .organization("org-1")
        .header("x-team", "blue")
        .max_tokens_field(MaxTokensField::MaxCompletionTokens)
        .body_field("reasoning_effort", "low");
    ask_once(build(model), &full).await.expect("a reply");
    let sent = server.received().remove(0);
    let body: Value = serde_json::from_str(&sent.body).expect("JSON");
    assert_eq!(
        body,
        json!({
            "model": "gpt-4o-mini",
            "messages": [
                {"role": "system", "content": "Be brief."},
                {"role": "user", "content": "2 + 2?"},
            ],
            "temperature": 0.0,
            "max_completion_tokens": 64,
            "seed": 7,
            "stop": ["END"],
            "response_format": {"type": "json_schema", "json_schema": {
                "name": "Answer",
                "strict": true,
                "schema": {
                    "type": "object",
                    "properties": {"answer": {"anyOf": [{"type": "integer"}, {"type": "null"}]}},
                    "required": ["answer"],
                    "additionalProperties": false,
                },
            }},
            "reasoning_effort": "low",
        })
    );
    assert!(sent.head.contains("openai-organization: org-1\r\n"));
    assert!(sent.head.contains("x-team: blue\r\n"));
}

/// A question to a model that may add.
fn with_tool(question: &str) -> ChatRequest {
    let number = json!({"type": "integer"});
    let schema = json!({
        "type": "object",
        "properties": {"a": number, "b": number},
        "required": ["a", "b"],
        "additionalProperties": false,
    });
    request(question).with_tools([ToolDef::new("add", "Adds two numbers.", schema)])
}

#[tokio::test]
async fn a_conversation_with_tools_goes_both_ways() {
    let calling = r#"{"choices":[{"index":0,"finish_reason":"tool_calls","message":{"role":"assistant",
        "content":null,"tool_calls":[
            {"id":"call_1","type":"function","function":{"name":"add","arguments":"{\"a\":2,\"b\":2}"}},
            {"id":"call_2","type":"function","function":{"name":"add","arguments":"{\"a\":1"}}
        ]}}],"usage":{"prompt_tokens":50,"completion_tokens":20}}"#;
    let server = Server::start([Answer::new(200, &[], calling), Answer::text("4")]).await;
    let lm = Lm::new(build(client(&server)));
    let mut conversation = with_tool("2 + 2?");
    let reply = ask(&lm, &conversation).await.expect("calls");
    assert_eq!(reply.finish, FinishReason::ToolCalls);
    assert_eq!(reply.usage, Some(Usage::new(50, 20)));
    assert_eq!(
        reply.tool_calls,
        [
            ToolCall::new("call_1", "add", r#"{"a":2,"b":2}"#),
            ToolCall::new("call_2", "add", r#"{"a":1"#),
        ],
        "cut arguments are kept as they came"
    );
    let answers = [
        Message::tool_result("call_1", "4"),
        Message::tool_result("call_2", "no"),
    ];
    conversation
        .turns
        .push(Message::tool_calls(reply.text, reply.tool_calls));
    conversation.turns.extend(answers);
    assert_eq!(ask(&lm, &conversation).await.expect("an answer").text, "4");
    let body: Value = serde_json::from_str(&server.received().remove(1).body).expect("JSON");
    assert_eq!(
        body,
        json!({
            "model": "gpt-4o-mini",
            "messages": [
                {"role": "system", "content": "Be brief."},
                {"role": "user", "content": "2 + 2?"},
                {"role": "assistant", "content": null, "tool_calls": [
                    {"id": "call_1", "type": "function", "function": {
                        "name": "add", "arguments": r#"{"a":2,"b":2}"#
                    }},
                    {"id": "call_2", "type": "function", "function": {
                        "name": "add", "arguments": r#"{"a":1"#
                    }},
                ]},
                {"role": "tool", "tool_call_id": "call_1", "content": "4"},
                {"role": "tool", "tool_call_id": "call_2", "content": "no"},
            ],
            "tools": [{"type": "function", "function": {
                "name": "add",
                "description": "Adds two numbers.",
                "parameters": {
                    "type": "object",
                    "properties": {"a": {"type": "integer"}, "b": {"type": "integer"}},
                    "required": ["a", "b"],
                    "additionalProperties": false,
                },
                "strict": true,
            }}],
        })
    );
}

#[tokio::test]
async fn i13_a_key_that_comes_back_in_a_call_is_taken_out() {
    let call = json!({"function": {"name": "add", "arguments": {"a": KEY}}});
    let echo = json!({"choices": [{"message": {"tool_calls": [call]}}]});
    let server = Server::start([Answer::new(200, &[], echo.to_string())]).await;
    let reply = ask(&Lm::new(build(client(&server))), &with_tool("?")).await;
    let calls = reply.expect("a call").tool_calls;
    assert_eq!(calls[0].arguments, r#"{"a":"[redacted]"}"#);
}

#[tokio::test]
async fn images_and_audio_are_sent_and_thoughts_are_not() {
    let server = Server::start([Answer::text("A cat.")]).await;
    let lm = Lm::new(build(client(&server)));
    let mut asked = request("?");
    asked.turns = vec![
        Message::assistant([
            ContentPart::from(Thinking::new("my secret thought")),
            ContentPart::from("Show me."),
            ContentPart::CachePoint,
        ]),
        Message::user([
            ContentPart::from("Here:"),
            ContentPart::from(Image::data("image/png", *b"\x89PNG")),
            ContentPart::Audio(Media::new("audio/mpeg", *b"ID3")),
        ]),
    ];
    let reply = ask(&lm, &asked).await.expect("a reply");
    assert_eq!(reply.text, "A cat.");
    let body: Value = serde_json::from_str(&server.received().remove(0).body).expect("JSON");
    assert_eq!(
        body["messages"],
        json!([
            {"role": "system", "content": "Be brief."},
            {"role": "assistant", "content": "Show me."},
            {"role": "user", "content": [
                {"type": "text", "text": "Here:"},
                {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw=="}},
                {"type": "input_audio", "input_audio": {"data": "SUQz", "format": "mp3"}},
            ]},
        ])
    );
    asked.turns = vec![Message::user(ContentPart::Audio(Media::new(
        "audio/ogg",
        [],
    )))];
    let error = ask(&lm, &asked).await.expect_err("neither WAV nor MP3");
    assert_eq!(error.kind(), LmErrorKind::Unsupported);
    assert_eq!(server.received().len(), 1, "nothing more was sent");
}

#[tokio::test]
async fn a_server_without_tools_is_sent_none() {
    let server = Server::start([Answer::text("4")]).await;
    let lm = Lm::new(build(client(&server).native_tools(false)));
    assert!(!lm.info().native_tools);
    let error = ask(&lm, &with_tool("2 + 2?")).await.expect_err("refused");
    assert_eq!(error.kind(), LmErrorKind::Unsupported);
    assert_eq!(
        error.to_string(),
        format!(
            "`{}` takes no tools; describe them in the prompt, or use a model with native tools",
            lm.info().id
        )
    );
    assert_eq!(server.received().len(), 0);
}

#[tokio::test]
async fn a_server_without_a_key_gets_none() {
    let server = Server::start([Answer::text("4")]).await;
    let model = OpenAi::builder("llama")
        .base_url(server.url())
        .price(Price::FREE);
    ask_once(build(model), &request("2 + 2?"))
        .await
        .expect("a reply");
    let sent = server.received().remove(0);
    assert!(!sent.head.contains("authorization"), "{}", sent.head);
}

#[tokio::test]
async fn a_key_is_asked_for_on_each_attempt() {
    let server = Server::start([Answer::new(500, &[], ""), Answer::text("4")]).await;
    let asked = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&asked);
    let model = OpenAi::builder("m")
        .base_url(server.url())
        .api_key_with(move || {
            let number = counter.fetch_add(1, Ordering::Relaxed);
            async move { Ok(Secret::new(format!("token-{number}"))) }
        });
    let lm = Lm::new(build(model));
    ask(&lm, &request("2 + 2?")).await.expect("a reply");
    let sent = server.received();
    assert!(sent[0].head.contains("bearer token-0\r\n"));
    assert!(sent[1].head.contains("bearer token-1\r\n"));
}

#[tokio::test]
async fn a_failure_to_get_a_key_is_the_callbacks_own() {
    let server = Server::start([Answer::text("4")]).await;
    let model = client(&server)
        .api_key_with(|| async { Err(LmError::new(LmErrorKind::Connection, "the vault sleeps")) });
    let error = ask_once(build(model), &request("?"))
        .await
        .expect_err("no key");
    assert_eq!(
        (error.kind(), error.message()),
        (LmErrorKind::Connection, "the vault sleeps")
    );
    assert!(server.received().is_empty());
}

#[tokio::test]
async fn a_failing_server_is_asked_again_by_the_gateway() {
    let busy = Answer::new(500, &[], "busy");
    let server = Server::start([busy.clone(), busy, Answer::text("4")]).await;
    let start = Instant::now();
    let reply = ask(&Lm::new(build(client(&server))), &request("2 + 2?")).await;
    assert_eq!(reply.expect("a reply").text, "4");
    assert_eq!(server.received().len(), 3);
    let waited = start.elapsed();
    assert!(
        waited >= Duration::from_millis(1400),
        "0.5 s and 1 s, not {waited:?}"
    );
}

#[tokio::test]
async fn a_refused_key_is_not_tried_again_and_says_what_to_do() {
    let body = r#"{"error":{"message":"Incorrect API key provided","type":"invalid_request_error","code":"invalid_api_key"}}"#;
    let server = Server::start([Answer::new(401, &[], body)]).await;
    let error = ask(&Lm::new(build(client(&server))), &request("?")).await;
    let error = error.expect_err("a wrong key");
    assert_eq!(server.received().len(), 1);
    assert_eq!(
        (error.kind(), error.status()),
        (LmErrorKind::Auth, Some(401))
    );
    for words in [
        "gpt-4o-mini",
        "127.0.0.1",
        "Incorrect API key",
        "OPENAI_API_KEY",
        "HTTP 401",
    ] {
        assert!(error.to_string().contains(words), "{error}");
    }
}

#[tokio::test]
async fn every_failure_has_its_kind() {
    use LmErrorKind::*;
    for (status, body, kind) in [
        (
            404,
            r#"{"error":{"message":"no such model","code":"model_not_found"}}"#,
            NotFound,
        ),
        (302, "", NotFound),
        (
            429,
            r#"{"error":{"message":"slow","code":"rate_limit_exceeded"}}"#,
            RateLimited,
        ),
        (
            429,
            r#"{"error":{"message":"pay","code":"insufficient_quota"}}"#,
            Quota,
        ),
        (
            400,
            r#"{"error":{"message":"long","code":"context_length_exceeded"}}"#,
            ContextTooLong,
        ),
        (
            400,
            r#"{"error":{"message":"no","code":"content_filter"}}"#,
            ContentPolicy,
        ),
        (
            400,
            r#"{"error":{"message":"bad temperature"}}"#,
            InvalidRequest,
        ),
        (503, "<html>", Server),
        (408, "", Timeout),
        (
            200,
            r#"{"error":{"message":"upstream","code":503}}"#,
            Server,
        ),
        (200, "{\"choices\":[", Protocol),
        (200, "<html>hello</html>", NotAReply),
        (200, "", Protocol),
        (200, r#"{"choices":[]}"#, Protocol),
    ] {
        let error = failure(Answer::new(status, &[("location", "/elsewhere")], body)).await;
        assert_eq!(error.kind(), kind, "{status} {body}: {error}");
    }
}

#[tokio::test]
async fn a_wait_that_the_server_asks_for_is_read() {
    let after = |name: &'static str, value: &'static str| async move {
        let headers = [(name, value), ("date", "Sun, 06 Nov 1994 08:49:00 GMT")];
        failure(Answer::new(429, &headers, "")).await.retry_after()
    };
    assert_eq!(
        after("retry-after", "7").await,
        Some(Duration::from_secs(7))
    );
    assert_eq!(
        after("retry-after-ms", "250").await,
        Some(Duration::from_millis(250))
    );
    let date = "Sun, 06 Nov 1994 08:49:37 GMT";
    assert_eq!(
        after("retry-after", date).await,
        Some(Duration::from_secs(37))
    );
    assert_eq!(after("retry-after", "soon").await, None);
}

#[tokio::test]
async fn a_wait_that_is_too_long_ends_the_attempts() {
    let hour = Answer::new(429, &[("retry-after", "3600")], "");
    let server = Server::start([hour]).await;
    let error = ask(&Lm::new(build(client(&server))), &request("?")).await;
    assert_eq!(error.expect_err("limited").kind(), LmErrorKind::RateLimited);
    assert_eq!(server.received().len(), 1);
}

#[tokio::test]
async fn a_cut_body_is_no_reply() {
    let error = failure(Answer::text("4").cut(10)).await;
    assert_eq!(error.kind(), LmErrorKind::Protocol, "{error}");
    let error = failure(Answer::text("4").cut(200)).await;
    assert_eq!(error.kind(), LmErrorKind::Protocol, "{error}");
}

#[tokio::test]
async fn bytes_that_are_no_text_do_not_lose_a_reply() {
    let body = b"{\"choices\":[{\"message\":{\"content\":\"caf\xe9\"}}]}";
    let server = Server::start([Answer::new(200, &[], body)]).await;
    let reply = ask_once(build(client(&server)), &request("?")).await;
    assert_eq!(reply.expect("a reply").text, "caf\u{fffd}");
    let error = failure(Answer::new(500, &[], b"\xff\xfe")).await;
    assert_eq!(error.kind(), LmErrorKind::Server, "{error}");
}

#[tokio::test]
async fn what_is_no_http_is_no_reply() {
    for bytes in [&b"hello\r\n\r\n"[..], b"\0\xff\xff\xff", b""] {
        let error = failure(Answer::raw(bytes.to_vec()).cut(0)).await;
        let kind = error.kind();
        assert!(kind.is_transient(), "{kind:?} {error}");
    }
}

#[tokio::test]
async fn a_slow_server_is_not_waited_for() {
    let server = Server::start([Answer::text("4").after(Duration::from_secs(60))]).await;
    let model = build(client(&server).timeout(Duration::from_millis(100)));
    let start = Instant::now();
    let error = ask_once(model, &request("?")).await.expect_err("too slow");
    assert!(start.elapsed() < Duration::from_secs(3));
    assert_eq!(error.kind(), LmErrorKind::Timeout);
    assert!(error.to_string().contains("100ms"), "{error}");
}

#[tokio::test]
async fn a_refused_connection_says_where() {
    let server = Server::start([Answer::text("4")]).await;
    let url = server.url();
    drop(server);
    tokio::task::yield_now().await;
    let model = build(OpenAi::builder("m").base_url(&url));
    let error = ask_once(model, &request("?"))
        .await
        .expect_err("nobody listens");
    assert_eq!(error.kind(), LmErrorKind::Connection, "{error}");
    for words in ["127.0.0.1", "base URL"] {
        assert!(error.to_string().contains(words), "{error}");
    }
}

#[tokio::test]
async fn a_huge_body_is_not_read() {
    let huge = Answer::new(200, &[], vec![b' '; 3 << 20]);
    let server = Server::start([huge]).await;
    let model = build(client(&server).max_reply_bytes(1 << 20));
    let error = ask_once(model, &request("?")).await.expect_err("too long");
    assert_eq!(error.kind(), LmErrorKind::Protocol);
    assert!(error.to_string().contains("1048576"), "{error}");
}

#[tokio::test]
async fn no_secret_is_ever_shown() {
    let echo = |status| {
        let body = format!(
            r#"{{"error":{{"message":"wrong: {KEY} and sk-abc***xyz and blue-team-key and query-key-987 and p4ssw0rd"}}}}"#
        );
        Answer::new(status, &[], body)
    };
    for answer in [
        echo(401),
        echo(400),
        echo(500),
        echo(200),
        Answer::new(500, &[], format!("plain {KEY}")),
        Answer::new(200, &[], format!(r#"{{"choices":"{KEY}"}}"#)),
        Answer::new(200, &[], KEY),
        Answer::text("4").cut(5),
    ] {
        let server = Server::start([answer]).await;
        let query = format!("{}?key=query-key-987", server.url());
        let query = query.replace("127.", "user:p4ssw0rd@127.");
        let model = client(&server)
            .base_url(query)
            .header("x-team", "blue-team-key");
        let model = build(model);
        let mut shown = format!("{model:?} {:?} {:?}", Lm::new(model.clone()), model.info());
        let error = ask_once(model, &request("?")).await;
        shown += &all_of(&error.expect_err("a failure"));
        for secret in [
            KEY,
            "sk-abc",
            "xyz",
            "blue-team-key",
            "query-key-987",
            "p4ssw0rd",
        ] {
            assert!(!shown.contains(secret), "{secret} in {shown}");
        }
    }
}

/// Everything that an error can show.
fn all_of(error: &LmError) -> String {
    let mut shown = format!("{error} {error:?} {error:#?}");
    let mut source = std::error::Error::source(error);
    while let Some(inner) = source {
        shown += &format!("{inner} {inner:?}");
        source = inner.source();
    }
    shown
}

#[tokio::test]
async fn a_broken_connection_does_not_show_the_url() {
    let server = Server::start([Answer::text("4")]).await;
    let url = format!("{}/path-key?key=query-key", server.url());
    drop(server);
    tokio::task::yield_now().await;
    let model = build(OpenAi::builder("m").base_url(&url));
    let error = ask_once(model, &request("?")).await;
    let shown = all_of(&error.expect_err("nobody listens"));
    assert!(
        !shown.contains("path-key") && !shown.contains("query-key"),
        "{shown}"
    );
}

#[tokio::test]
async fn a_key_that_was_asked_for_is_not_shown_either() {
    let server =
        Server::start_with(|_, received| Answer::new(401, &[], received.head.replace('\r', " ")))
            .await;
    let model = client(&server).api_key_with(|| async { Ok(Secret::new("fresh-token-42")) });
    let error = ask_once(build(model), &request("?"))
        .await
        .expect_err("refused");
    assert!(!error.to_string().contains("fresh-token-42"), "{error}");
    assert!(error.to_string().contains("[redacted]"), "{error}");
}

#[tokio::test]
async fn a_key_in_a_reply_is_taken_out() {
    let server = Server::start([Answer::text(&format!("your key is {KEY}"))]).await;
    let reply = ask_once(build(client(&server)), &request("?")).await;
    assert_eq!(reply.expect("a reply").text, "your key is [redacted]");
}

#[tokio::test]
async fn connections_are_used_again() {
    let server = Server::start([Answer::text("4")]).await;
    let lm = Lm::new(build(client(&server)));
    for _ in 0..50 {
        ask(&lm, &request("2 + 2?")).await.expect("a reply");
    }
    assert_eq!(server.received().len(), 50);
}

/// Runs [`in_an_environment_of_its_own`] in a process with these variables.
fn in_environment(variables: &[(&str, &str)]) -> String {
    let program = std::env::current_exe().expect("this test");
    let output = std::process::Command::new(program)
        .args([
            "--exact",
            "openai::in_an_environment_of_its_own",
            "--ignored",
            "--nocapture",
        ])
        .env_remove("OPENAI_API_KEY")
        .env_remove("OPENAI_BASE_URL")
        .envs(variables.iter().copied())
        .output()
        .expect("the test starts again");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
#[ignore = "it is run by `the_environment_sets_key_and_server`"]
fn in_an_environment_of_its_own() {
    match OpenAi::from_env("gpt-4o-mini") {
        Ok(model) => println!("{model:?}"),
        Err(error) => println!("{:?} {error}", error.kind()),
    }
}

#[test]
fn the_environment_sets_key_and_server() {
    let without = in_environment(&[]);
    assert!(
        without.contains("Auth") && without.contains("set OPENAI_API_KEY"),
        "{without}"
    );
    let with = in_environment(&[("OPENAI_API_KEY", KEY)]);
    assert!(
        with.contains("api.openai.com") && !with.contains(KEY),
        "{with}"
    );
    let other = in_environment(&[("OPENAI_BASE_URL", "http://localhost:8000/v1")]);
    assert!(
        other.contains("gpt-4o-mini@http://localhost:8000"),
        "{other}"
    );
}
