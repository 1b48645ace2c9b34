//! The model of all programs and proposers, whose calls are counted and disturbed.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use dashoptimize::lm::{
    BoxFuture, ChatModel, ChatReply, ChatRequest, FinishReason, Lm, LmError, LmErrorKind,
    ModelInfo, Permit, Price, Usage,
};
use tokio::sync::Notify;

use super::answers::answer;

/// What all models of a run share: how many calls they got, and which of them is disturbed.
#[derive(Clone, Default)]
pub(crate) struct Calls {
    count: Arc<AtomicU64>,
    tokens: Arc<AtomicU64>,
    /// From this call on no reply comes any more, as if the process was killed while waiting.
    pub(crate) dies_at: Option<u64>,
    pub(crate) died: Arc<Notify>,
    pub(crate) disturbed: Option<(u64, Disturbance)>,
    /// What proposers were shown.
    shown: Arc<Mutex<String>>,
    /// Whether the provider reports usage that is as large as can be, or none at all.
    pub(crate) has_odd_usage: bool,
}

/// What happens to a call.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Disturbance {
    /// It fails, and so do as many of the attempts that follow it as make up this number.
    Failure(LmErrorKind, u64),
    /// The reply is this text.
    Text(&'static str),
    /// The reply is cut at its limit of tokens.
    Cut,
}

impl Calls {
    /// How many calls were made.
    pub(crate) fn made(&self) -> u64 {
        self.count.load(Ordering::SeqCst)
    }

    /// The usage of all replies, whatever was reported.
    pub(crate) fn tokens(&self) -> u64 {
        self.tokens.load(Ordering::SeqCst)
    }

    /// What proposers were shown of rows.
    pub(crate) fn shown(&self) -> String {
        self.shown.lock().expect("nothing panics here").clone()
    }

    /// A model that shares these.
    pub(crate) fn model(&self, id: &'static str) -> Lm {
        Lm::new(Model {
            calls: self.clone(),
            id,
        })
    }

    fn disturb(&self, call: u64) -> Option<Result<ChatReply, LmError>> {
        let (at, disturbance) = self.disturbed?;
        let failures = match disturbance {
            Disturbance::Failure(_, attempts) => attempts,
            Disturbance::Text(_) | Disturbance::Cut => 1,
        };
        if !(at..at + failures).contains(&call) {
            return None;
        }
        Some(match disturbance {
            Disturbance::Failure(kind, _) => Err(LmError::new(kind, "disturbed")),
            Disturbance::Text(text) => Ok(ChatReply::new(text)),
            Disturbance::Cut => Ok(ChatReply::new("[[ ## an").with_finish(FinishReason::Length)),
        })
    }
}

/// The model that proposes.
pub(crate) const PROPOSER: &str = "proposer";

struct Model {
    calls: Calls,
    id: &'static str,
}

impl ChatModel for Model {
    fn chat<'a>(
        &'a self,
        request: &'a ChatRequest,
        _: Permit<'a>,
    ) -> BoxFuture<'a, Result<ChatReply, LmError>> {
        Box::pin(async move {
            let call = self.calls.count.fetch_add(1, Ordering::SeqCst);
            if self.calls.dies_at.is_some_and(|last| call >= last) {
                self.calls.died.notify_one();
                std::future::pending::<()>().await;
            }
            if self.id == PROPOSER {
                let query = request.turns[request.turns.len() - 1].text();
                self.calls
                    .shown
                    .lock()
                    .expect("nothing panics here")
                    .push_str(query);
            }
            // Replies come back in another order than they were asked for.
            for _ in 0..call % 5 {
                tokio::task::yield_now().await;
            }
            if let Some(disturbed) = self.calls.disturb(call) {
                return disturbed;
            }
            let reply = answer(request);
            let largest = u64::from(request.params.max_tokens.unwrap_or(1));
            // No provider counts more tokens of a prompt than it has bytes.
            let (sent, said) = match (self.calls.has_odd_usage, call % 3) {
                (true, 0) => (request.bytes() as u64, largest),
                (true, 1) => (0, 0),
                _ => (
                    request.bytes() as u64 / 4,
                    largest.min(reply.len() as u64 / 4),
                ),
            };
            self.calls.tokens.fetch_add(sent + said, Ordering::SeqCst);
            let reply = ChatReply::new(reply);
            Ok(match self.calls.has_odd_usage && call % 3 == 2 {
                true => reply,
                false => reply.with_usage(Usage::new(sent, said)),
            })
        })
    }

    fn info(&self) -> ModelInfo {
        ModelInfo::new(self.id).with_price(Price::per_1m(1.0, 2.0))
    }
}
