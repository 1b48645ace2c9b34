//! A reply that is being written.

use std::slice;

use super::job::{Job, JobResult};
use crate::lm::local::llama::{BpeTokenizer, Chunk};
use crate::lm::local::tensor::Kv;
use crate::lm::{ChatReply, FinishReason, Usage};

/// A job that is being computed.
#[derive(Debug)]
pub(super) struct Sequence {
    pub(super) job: Job,
    pub(super) kv: Kv,
    /// The number of tokens of the prompt that an earlier sequence had read.
    cached: usize,
    /// The number of tokens of the reply.
    pub(super) written: usize,
    /// The last token of the reply.
    last: u32,
    finish: Option<FinishReason>,
    #[cfg(test)]
    pub(super) scores: Vec<Vec<f32>>,
}

impl Sequence {
    /// Starts a job after the part of its prompt whose keys and values are known.
    pub(super) const fn new(job: Job, kv: Kv) -> Self {
        Self {
            cached: kv.len(),
            job,
            kv,
            written: 0,
            last: 0,
            finish: None,
            #[cfg(test)]
            scores: Vec::new(),
        }
    }

    /// Whether part of its prompt is still unread.
    pub(super) const fn is_reading(&self) -> bool {
        self.kv.len() < self.job.prompt.len()
    }

    /// Whether the reply is complete.
    pub(super) const fn is_finished(&self) -> bool {
        self.finish.is_some()
    }

    /// What it reads in the next pass. `room` is the number of prompt tokens that the pass can still
    /// take.
    pub(super) fn chunk(&mut self, room: &mut usize) -> Chunk<'_> {
        let start = self.kv.len();
        let prompt = self.job.prompt.get(start..).unwrap_or_default();
        if prompt.is_empty() {
            return Chunk {
                tokens: slice::from_ref(&self.last),
                kv: &mut self.kv,
                logits: true,
            };
        }
        let now = prompt.len().min(*room);
        *room -= now;
        Chunk {
            tokens: &prompt[..now],
            kv: &mut self.kv,
            logits: now == prompt.len(),
        }
    }

    /// Adds a token to the reply, given the scores of all tokens.
    pub(super) fn write(&mut self, scores: &[f32], tokenizer: &BpeTokenizer) {
        self.last = self.job.sampler.choose(scores);
        self.written += 1;
        let stops = tokenizer.is_end(self.last) || self.job.text.push(tokenizer.bytes(self.last));
        if stops {
            self.finish = Some(FinishReason::Stop);
        } else if self.written == self.job.max_tokens {
            self.finish = Some(FinishReason::Length);
        }
    }

    /// Sends the finished reply.
    pub(super) fn send(self) {
        let reply = ChatReply {
            text: self.job.text.finish(),
            finish: self.finish.unwrap_or(FinishReason::Other),
            usage: Some(Usage {
                input: self.job.prompt.len() as u64,
                cached: self.cached as u64,
                output: self.written as u64,
            }),
            tool_calls: Vec::new(),
        };
        // Sending fails if the call was cancelled during this pass.
        let _ = self.job.reply.send(JobResult {
            reply,
            #[cfg(test)]
            scores: self.scores,
        });
    }
}
