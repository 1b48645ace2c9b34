//! The client of OpenAI's protocol against a server on a real socket.

mod failures;
mod keys;
mod wire;

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
