//! Requests to the batching engine and their results.

use tokio::sync::oneshot;

use super::prefixes::PrefixId;
use crate::lm::local::sampling::{ReplyText, Sampler};
use crate::lm::{ChatReply, FinishReason, Usage};

/// One request, as tokens.
#[derive(Debug)]
pub(crate) struct Job {
    /// The tokens of the prompt.
    pub(crate) prompt: Vec<u32>,
    /// The identity of the constant prefix of the request.
    pub(crate) prefix: PrefixId,
    /// The largest number of tokens of the reply; at least 1.
    pub(crate) max_tokens: usize,
    /// Chooses the tokens of the reply.
    pub(crate) sampler: Sampler,
    /// The text of the reply so far.
    pub(crate) text: ReplyText,
    /// Where the result is sent. If it is closed, the call was cancelled.
    pub(crate) reply: oneshot::Sender<JobResult>,
}

/// The result of a job.
#[derive(Debug)]
pub(crate) struct JobResult {
    /// The reply.
    pub(crate) reply: ChatReply,
    /// The scores of every pass, whose bits tests compare.
    #[cfg(test)]
    pub(crate) scores: Vec<Vec<f32>>,
}

impl JobResult {
    /// A reply without tokens to a prompt of `prompt` tokens, which was not read.
    pub(crate) fn empty(prompt: usize) -> Self {
        Self {
            reply: ChatReply {
                text: String::new(),
                finish: FinishReason::Length,
                usage: Some(Usage::new(prompt as u64, 0)),
                tool_calls: Vec::new(),
            },
            #[cfg(test)]
            scores: Vec::new(),
        }
    }
}
