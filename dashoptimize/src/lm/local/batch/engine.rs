//! The batching engine: it decides what each pass computes.

use std::collections::VecDeque;
use std::sync::Arc;

use super::job::Job;
use super::prefixes::{PrefixCache, common};
use super::sequence::Sequence;
use crate::lm::local::llama::{BpeTokenizer, Llama, LlamaScratch};
use crate::lm::local::tensor::Kv;
use rayon::prelude::*;

/// The largest number of prompt tokens that one pass reads: enough to use the processor fully, and few
/// enough that the replies in the same pass do not wait long.
const PROMPT_TOKENS: usize = 256;

/// The number of tokens that must be saved for a request to wait until another one has read them.
const MIN_SAVED_TOKENS: usize = 32;

/// All jobs of a model, waiting and running.
#[derive(Debug)]
pub(crate) struct BatchEngine {
    llama: Llama,
    tokenizer: Arc<BpeTokenizer>,
    prefixes: PrefixCache,
    waiting: VecDeque<Job>,
    sequences: Vec<Sequence>,
    max_batch: usize,
    scratch: LlamaScratch,
}

impl BatchEngine {
    /// An engine without jobs. It computes up to `max_batch` jobs at the same time, and keeps up to
    /// `prefix_bytes` bytes of keys and values for prompts with the same start.
    pub(crate) fn new(
        llama: Llama,
        tokenizer: Arc<BpeTokenizer>,
        max_batch: usize,
        prefix_bytes: usize,
    ) -> Self {
        Self {
            llama,
            tokenizer,
            prefixes: PrefixCache::new(prefix_bytes),
            waiting: VecDeque::new(),
            sequences: Vec::new(),
            max_batch,
            scratch: LlamaScratch::default(),
        }
    }

    /// Adds a job.
    pub(super) fn push(&mut self, job: Job) {
        self.waiting.push_back(job);
    }

    /// Whether there is nothing to do.
    pub(super) fn is_idle(&self) -> bool {
        self.waiting.is_empty() && self.sequences.is_empty()
    }

    /// Computes one pass: reads more of the prompts, up to a limit, and adds a token to each reply whose
    /// prompt is read.
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
            if self.should_wait(&job, cached) {
                held.push_back(job);
                continue;
            }
            let kv = found.unwrap_or_else(|| Kv::new(self.llama.kv_shape()));
            self.sequences.push(Sequence::new(job, kv));
        }
        held.append(&mut self.waiting);
        self.waiting = held;
    }

    /// Whether a running sequence is reading much of what this job has to read as well.
    fn should_wait(&self, job: &Job, cached: usize) -> bool {
        let mut reading = self
            .sequences
            .iter()
            .filter(|sequence| sequence.is_reading());
        reading
            .any(|sequence| common(&sequence.job.prompt, &job.prompt) >= cached + MIN_SAVED_TOKENS)
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
            .extract_if(.., |sequence| sequence.is_finished());
        for sequence in finished {
            sequence.send();
        }
    }
}
