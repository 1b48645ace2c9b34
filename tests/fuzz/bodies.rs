//! What a server answers, on a real socket.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use dashoptimize::lm::{Gateway, OpenAi, Retry};
use dashoptimize::module::{LLMNode, ModuleExt};
use dashoptimize::signature::make_signature;
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, Runtime};

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Quiz {
    question: String,
    answer: String,
}

/// A client, and a server that answers with the bytes that it is told to.
pub(crate) struct Bodies {
    runtime: Runtime,
    gateway: Gateway,
    program: LLMNode<Quiz>,
    answer: Arc<Mutex<Vec<u8>>>,
}

impl Bodies {
    pub(crate) fn new() -> Option<Self> {
        let runtime = Builder::new_current_thread().enable_all().build().ok()?;
        let answer = Arc::new(Mutex::new(Vec::new()));
        let listener = runtime.block_on(TcpListener::bind(("127.0.0.1", 0))).ok()?;
        let port = listener.local_addr().ok()?.port();
        runtime.spawn(serve(listener, Arc::clone(&answer)));
        let model = OpenAi::builder("m")
            .base_url(format!("http://127.0.0.1:{port}/v1"))
            .timeout(Duration::from_secs(5))
            .build()
            .ok()?;
        let signature = make_signature("question -> answer", "Answer.").ok()?;
        Some(Self {
            runtime,
            gateway: Gateway::direct().retry(Retry::none()),
            program: LLMNode::new(signature, model, "quiz").max_tokens(50),
            answer,
        })
    }

    /// Asks once. The result says how that ended.
    pub(crate) fn ask(&self, bytes: &[u8]) -> String {
        *self.answer.lock().unwrap_or_else(PoisonError::into_inner) = answer(bytes);
        let state = Quiz {
            question: "Where?".to_owned(),
            answer: String::new(),
        };
        let ended = self.program.call_in(&self.gateway, state);
        match self.runtime.block_on(ended) {
            Ok(state) => format!("answer of {} bytes", state.answer.len().min(9)),
            Err(error) => error.to_string(),
        }
    }
}

/// Bytes that start as an answer does are the whole of it; others are its body.
fn answer(bytes: &[u8]) -> Vec<u8> {
    if bytes.starts_with(b"HTTP/") {
        return bytes.to_vec();
    }
    let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", bytes.len());
    [head.as_bytes(), bytes].concat()
}

async fn serve(listener: TcpListener, answer: Arc<Mutex<Vec<u8>>>) {
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(connection(stream, Arc::clone(&answer)));
    }
}

/// Answers one request and hangs up.
async fn connection(mut stream: TcpStream, answer: Arc<Mutex<Vec<u8>>>) -> std::io::Result<()> {
    read_request(&mut stream).await?;
    let bytes = answer
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .clone();
    stream.write_all(&bytes).await?;
    stream.shutdown().await
}

async fn read_request(stream: &mut TcpStream) -> std::io::Result<()> {
    let mut bytes = Vec::new();
    while !is_whole(&bytes) {
        if stream.read_buf(&mut bytes).await? == 0 {
            return Ok(());
        }
    }
    Ok(())
}

fn is_whole(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let Some((head, body)) = text.split_once("\r\n\r\n") else {
        return false;
    };
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "));
    length.is_none_or(|length| {
        length
            .parse()
            .is_ok_and(|length: usize| body.len() >= length)
    })
}

/// Bodies of the kinds that servers send.
pub(crate) const SEEDS: [&str; 14] = [
    r#"{"choices":[{"index":0,"finish_reason":"stop","message":{"role":"assistant","content":"[[ ## answer ## ]]\nParis","refusal":null}}],"usage":{"prompt_tokens":10,"completion_tokens":3,"total_tokens":13}}"#,
    r#"{"choices":[{"finish_reason":"length","message":{"content":"[[ ## answer ## ]]\nThe capital of"}}],"usage":{"prompt_tokens":1e3,"completion_tokens":null,"total_tokens":-1}}"#,
    r#"{"choices":[{"finish_reason":"content_filter","index":0,"message":null}],"usage":{}}"#,
    r#"{"choices":[{"message":{"content":null,"refusal":"No."},"finish_reason":["stop","length"]}]}"#,
    r#"{"choices":[{"message":{"content":[{"type":"text","text":"a"},{"type":"refusal","refusal":"No."},"b",{"type":"thinking","thinking":"x"}]},"finish_reason":3}]}"#,
    r#"{"choices":[{"message":{"content":{"answer":1.50},"content":1.50},"error":{"code":502,"message":"bad"},"finish_reason":"error"}]}"#,
    r#"{"choices":[{"message":{"tool_calls":[{"id":1,"function":{"name":"f","arguments":{"a":[1]}}}],"function_call":{"name":"f","arguments":""}},"finish_reason":"tool_calls"}]}"#,
    r#"{"error":{"message":"This model's maximum context length is 4096 tokens","code":"context_length_exceeded"}}"#,
    r#"{"choices":null,"base_resp":{"status_code":1008,"status_msg":"insufficient balance"}}"#,
    r#"[{"data":{"choices":[{"text":"x\ud83d","logprobs":[NaN,-Infinity]}]}}]"#,
    "data: {\"choices\":[{\"delta\":{\"content\":\"Pa\"}}]}\n\ndata: {\"choices\":[{\"delta\":{\"content\":\"ris\"},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n",
    "HTTP/1.1 429 Too Many\r\nretry-after: 7\r\ncontent-length: 30\r\n\r\n{\"error\":{\"message\":\"slow down\"",
    "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ncontent-encoding: gzip\r\n\r\n5\r\n{\"cho\r\n0\r\n\r\n",
    "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\nset-cookie: a=b\r\n\r\n<html>",
];
