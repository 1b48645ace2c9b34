//! What is sent, and what a reply says.

use super::*;

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
async fn connections_are_used_again() {
    let server = Server::start([Answer::text("4")]).await;
    let lm = Lm::new(build(client(&server)));
    for _ in 0..50 {
        ask(&lm, &request("2 + 2?")).await.expect("a reply");
    }
    assert_eq!(server.received().len(), 50);
}
