//! The batch: many replies grow at once, a token each per pass over the weights.

use std::collections::VecDeque;
use std::slice;
use std::sync::Arc;

use rayon::prelude::*;
use tokio::sync::oneshot;

use super::kv::Kv;
use super::llama::{Chunk, Llama, Scratch};
use super::prefixes::{PrefixId, Prefixes, common};
use super::sample::Sampler;
use super::text::ReplyText;
use super::tokenizer::Tokenizer;
use crate::lm::{ChatReply, FinishReason, Usage};

/// Most tokens of prompts that one pass reads: enough to use the processor fully, few enough that
/// replies under way do not wait long.
const PROMPT_TOKENS: usize = 256;

/// So many tokens must be saved for a request to wait until another one has read them.
const WORTH_WAITING: usize = 32;

/// One request, in tokens.
#[derive(Debug)]
pub(super) struct Job {
    /// What the model reads.
    pub(super) prompt: Vec<u32>,
    /// Identity of the constant part of the request.
    pub(super) prefix: PrefixId,
    /// Largest number of tokens of the reply, at least 1.
    pub(super) max_tokens: usize,
    /// Chooses the tokens of the reply.
    pub(super) sampler: Sampler,
    /// The reply.
    pub(super) text: ReplyText,
    /// Who waits for it. Nobody does once this is closed.
    pub(super) reply: oneshot::Sender<Done>,
}

/// What comes of a job.
#[derive(Debug)]
pub(super) struct Done {
    /// The reply.
    pub(super) reply: ChatReply,
    /// The scores of every pass, so that tests can compare their bits.
    #[cfg(test)]
    pub(super) scores: Vec<Vec<f32>>,
}

impl Done {
    /// A reply of no tokens to a prompt that nobody had to read.
    pub(super) fn empty(prompt: usize) -> Self {
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

/// A job under way.
#[derive(Debug)]
struct Sequence {
    job: Job,
    kv: Kv,
    /// Tokens of the prompt that another sequence had read.
    cached: usize,
    /// Tokens of the reply.
    written: usize,
    /// The last of them.
    last: u32,
    finish: Option<FinishReason>,
    #[cfg(test)]
    scores: Vec<Vec<f32>>,
}

/// All jobs of a model.
#[derive(Debug)]
pub(super) struct Engine {
    llama: Llama,
    tokenizer: Arc<Tokenizer>,
    prefixes: Prefixes,
    waiting: VecDeque<Job>,
    sequences: Vec<Sequence>,
    max_batch: usize,
    scratch: Scratch,
}

impl Engine {
    /// An engine without jobs that keeps up to `prefix_bytes` of what was read before.
    pub(super) fn new(
        llama: Llama,
        tokenizer: Arc<Tokenizer>,
        max_batch: usize,
        prefix_bytes: usize,
    ) -> Self {
        Self {
            llama,
            tokenizer,
            prefixes: Prefixes::new(prefix_bytes),
            waiting: VecDeque::new(),
            sequences: Vec::new(),
            max_batch,
            scratch: Scratch::default(),
        }
    }

    /// Takes a job.
    pub(super) fn push(&mut self, job: Job) {
        self.waiting.push_back(job);
    }

    /// Whether there is nothing to do.
    pub(super) fn is_idle(&self) -> bool {
        self.waiting.is_empty() && self.sequences.is_empty()
    }

    /// One pass: reads what is unread of the prompts, up to a limit, and adds a token to each
    /// reply.
    pub(super) fn step(&mut self) {
        self.drop_cancelled();
        self.admit();
        if self.sequences.is_empty() {
            return;
        }
        self.pass();
        self.send_finished();
    }

    fn drop_cancelled(&mut self) {
        self.waiting.retain(|job| !job.reply.is_closed());
        self.sequences
            .retain(|sequence| !sequence.job.reply.is_closed());
    }

    fn admit(&mut self) {
        let mut held = VecDeque::new();
        while self.sequences.len() < self.max_batch {
            let Some(job) = self.waiting.pop_front() else {
                break;
            };
            let found = self.prefixes.find(&job.prompt);
            let cached = found.as_ref().map_or(0, Kv::len);
            if self.can_save(&job, cached) {
                held.push_back(job);
                continue;
            }
            let kv = found.unwrap_or_else(|| Kv::new(self.llama.kv_shape()));
            self.sequences.push(Sequence::new(job, kv));
        }
        held.append(&mut self.waiting);
        self.waiting = held;
    }

    /// Whether a sequence is just reading much of what this job has to read, too.
    fn can_save(&self, job: &Job, cached: usize) -> bool {
        let mut reading = self
            .sequences
            .iter()
            .filter(|sequence| sequence.is_reading());
        reading.any(|sequence| common(&sequence.job.prompt, &job.prompt) >= cached + WORTH_WAITING)
    }

    fn pass(&mut self) {
        let mut room = PROMPT_TOKENS;
        let sequences = self.sequences.iter_mut();
        let mut chunks: Vec<_> = sequences
            .map(|sequence| sequence.chunk(&mut room))
            .collect();
        let scores = self.llama.read(&mut chunks, &mut self.scratch);
        let read = self
            .sequences
            .iter_mut()
            .filter(|sequence| !sequence.is_reading());
        let mut read: Vec<_> = read.zip(scores).collect();
        for (sequence, _) in &read {
            if sequence.written == 0 {
                let Job { prefix, prompt, .. } = &sequence.job;
                self.prefixes.keep(*prefix, prompt, &sequence.kv);
            }
        }
        let tokenizer = &*self.tokenizer;
        read.par_iter_mut().for_each(|(sequence, scores)| {
            sequence.write(scores, tokenizer);
            #[cfg(test)]
            sequence.scores.push(scores.to_vec());
        });
    }

    fn send_finished(&mut self) {
        let finished = self
            .sequences
            .extract_if(.., |sequence| sequence.finish.is_some());
        for sequence in finished {
            sequence.send();
        }
    }
}

impl Sequence {
    const fn new(job: Job, kv: Kv) -> Self {
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

    /// Whether there is something left of its prompt.
    const fn is_reading(&self) -> bool {
        self.kv.len() < self.job.prompt.len()
    }

    /// What it reads in the next pass.
    fn chunk(&mut self, room: &mut usize) -> Chunk<'_> {
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

    fn write(&mut self, scores: &[f32], tokenizer: &Tokenizer) {
        self.last = self.job.sampler.choose(scores);
        self.written += 1;
        let stops = tokenizer.is_end(self.last) || self.job.text.push(tokenizer.bytes(self.last));
        if stops {
            self.finish = Some(FinishReason::Stop);
        } else if self.written == self.job.max_tokens {
            self.finish = Some(FinishReason::Length);
        }
    }

    fn send(self) {
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
        // Nobody to send to: the call was cancelled in this very pass.
        let _ = self.job.reply.send(Done {
            reply,
            #[cfg(test)]
            scores: self.scores,
        });
    }
}
