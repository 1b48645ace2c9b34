//! Tests of the whole model: with a tiny random network that the tests write themselves, and with
//! the real weights.

mod bench;
mod real;
mod small;
mod tiny;

use std::sync::Arc;

use super::LocalModel;
use crate::lm::{
    ChatModel, ChatReply, ChatRequest, LmError, Message, Params, Permit, Prefix, Role,
};

/// A request with a constant prefix of these messages (system first, then demos in turns).
fn request(prefix: &[&str], turn: &str, params: &Params) -> ChatRequest {
    let roles = [Role::User, Role::Assistant].into_iter().cycle();
    let roles = std::iter::once(Role::System).chain(roles);
    let messages = roles
        .zip(prefix)
        .map(|(role, text)| Message::new(role, *text));
    let mut request = ChatRequest::new(
        Prefix::new(messages.collect()),
        vec![Message::new(Role::User, turn)],
    );
    request.params = Arc::new(params.clone());
    request
}

/// At most this number of tokens, always the likeliest.
fn greedy(max_tokens: u32) -> Params {
    Params {
        max_tokens: Some(max_tokens),
        ..Params::default()
    }
}

async fn chat(model: &LocalModel, request: &ChatRequest) -> Result<ChatReply, LmError> {
    model.chat(request, Permit::granted()).await
}

/// A reply, and the bits of all scores that led to it.
type Exact = (ChatReply, Vec<Vec<u32>>);

async fn exact(model: &LocalModel, request: &ChatRequest) -> Exact {
    let result = model.compute(request).await.unwrap();
    let bits = |scores: &Vec<f32>| scores.iter().map(|score| score.to_bits()).collect();
    (result.reply, result.scores.iter().map(bits).collect())
}

/// The same without the number of cached tokens, which may depend on other requests.
fn content((mut reply, bits): Exact) -> Exact {
    if let Some(usage) = &mut reply.usage {
        usage.cached = 0;
    }
    (reply, bits)
}

/// Sends all requests at the same time.
async fn together(model: &LocalModel, requests: &[&ChatRequest]) -> Vec<Exact> {
    let calls = requests.iter().map(|request| exact(model, request));
    futures_util::future::join_all(calls).await
}

/// Each request gets the same reply, bit for bit, alone and together with others, in any order, with a
/// cold and a warm prefix, and with any number of threads.
async fn assert_invariant(open: impl Fn(usize) -> LocalModel, requests: &[ChatRequest]) {
    let mut alone = Vec::new();
    for request in requests {
        alone.push(content(exact(&open(1), request).await));
    }
    for threads in [1, 2, 3] {
        let model = open(threads);
        for turn in 0..3 {
            let mut order: Vec<usize> = (0..requests.len()).collect();
            order.rotate_left(turn);
            let asked: Vec<_> = order.iter().map(|&index| &requests[index]).collect();
            for (&index, answer) in order.iter().zip(together(&model, &asked).await) {
                let same = content(answer) == alone[index];
                assert!(same, "request {index}, {threads} threads, turn {turn}");
            }
        }
    }
}
