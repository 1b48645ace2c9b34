//! `LocalModel`: the model as a provider of replies.

use std::fmt;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::thread::available_parallelism;

use tokio::sync::oneshot;

use super::batch::{self, BatchEngine, Job, JobResult};
use super::error::{Flaw, LocalError};
use super::llama::{BpeTokenizer, ChatTemplate, Llama};
use super::sampling::{ReplyText, Sampler};
use super::threads;
use super::weights::{Gguf, Weights};
use crate::lm::{
    BoxFuture, ChatModel, ChatReply, ChatRequest, FailureCost, FinishReason, LmError, LmErrorKind,
    ModelInfo, Permit, Price, Usage,
};

/// A language model that runs inside this process.
///
/// Concurrent calls are computed together, which takes little more time than one of them alone, and
/// what their prompts start with in common is read once. Neither affects the replies: a request gets
/// the same reply, to the last bit of every score, alone or together with others, and with any number
/// of threads.
///
/// Dropping the future of a call cancels it. Dropping the model ends its threads.
///
/// The model does not enforce a [`ReplyFormat`](crate::lm::ReplyFormat) and has no native tools. The
/// `output` of its [`Usage`](crate::lm::Usage) counts every token that was computed, including the one
/// that ends the reply. Calls are free: the price is 0.
///
/// ```no_run
/// use dashoptimize::lm::local::{LocalModel, Weights};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let model = LocalModel::builder(Weights::smollm2_135m())
///     .threads(4.try_into()?)
///     .max_reply_tokens(200)
///     .open()?;
/// # let _ = model;
/// # Ok(())
/// # }
/// ```
pub struct LocalModel {
    id: String,
    pub(super) tokenizer: Arc<BpeTokenizer>,
    template: ChatTemplate,
    context: usize,
    max_reply_tokens: usize,
    jobs: Sender<Job>,
}

impl LocalModel {
    /// Finds or downloads the weights, and loads the model with the default settings.
    ///
    /// This takes seconds, or minutes if weights have to be downloaded, and blocks the thread. In async
    /// code, call it before the work starts or through `spawn_blocking`.
    ///
    /// # Errors
    ///
    /// Returns a [`LocalError`] if the weights cannot be found or downloaded, if the file is damaged or
    /// contains a model that is not supported, or if the threads cannot be started.
    pub fn open(weights: Weights) -> Result<Self, LocalError> {
        Self::builder(weights).open()
    }

    /// Starts with the default settings and lets you change them before the model is loaded.
    #[must_use]
    pub const fn builder(weights: Weights) -> LocalModelBuilder {
        LocalModelBuilder {
            weights,
            threads: None,
            max_batch: 16,
            context: None,
            max_reply_tokens: 1024,
            prefix_bytes: 1 << 30,
        }
    }

    async fn answer(&self, request: &ChatRequest) -> Result<ChatReply, LmError> {
        let reply = self.compute(request).await?.reply;
        match reply.usage {
            Some(usage)
                if reply.finish == FinishReason::Length && usage.output < self.most(request) =>
            {
                Err(self.full(usage))
            }
            _ => Ok(reply),
        }
    }

    /// The largest number of tokens of the reply to a request, if the context has room for them.
    fn most(&self, request: &ChatRequest) -> u64 {
        let asked = request.params.max_tokens.map(u64::from);
        asked.unwrap_or(self.max_reply_tokens as u64)
    }

    /// The context ended a reply: with fewer tokens of prompt, there would be more of it.
    fn full(&self, usage: Usage) -> LmError {
        let text = format!(
            "the prompt has {} tokens and the context of `{}` room for {}, which ended the reply; shorten the \
             prompt or use fewer demos",
            usage.input, self.id, self.context
        );
        LmError::new(LmErrorKind::ContextTooLong, text).with_cost(FailureCost::Usage(usage))
    }

    /// Computes the reply to a request.
    pub(super) async fn compute(&self, request: &ChatRequest) -> Result<JobResult, LmError> {
        let prompt = self.prompt(request)?;
        let room = self.context - prompt.len();
        let most = usize::try_from(self.most(request)).unwrap_or(usize::MAX);
        let max_tokens = most.min(room);
        let sampler = Sampler::new(&request.params, request.sample)?;
        if max_tokens == 0 {
            return Ok(JobResult::empty(prompt.len()));
        }
        let (reply, result) = oneshot::channel();
        let job = Job {
            prompt,
            prefix: request.prefix.id(),
            max_tokens,
            sampler,
            text: ReplyText::new(&request.params.stop),
            reply,
        };
        self.run(job, result).await
    }

    pub(super) async fn run(
        &self,
        job: Job,
        result: oneshot::Receiver<JobResult>,
    ) -> Result<JobResult, LmError> {
        self.jobs.send(job).map_err(|_| broken())?;
        result.await.map_err(|_| broken())
    }

    /// The tokens of the prompt; at least one fewer than the context has room for.
    fn prompt(&self, request: &ChatRequest) -> Result<Vec<u32>, LmError> {
        self.info().accepts(request)?;
        let text = self.template.render(request.messages()).map_err(|error| {
            let text = format!("the chat template of `{}` rejects the messages", self.id);
            LmError::new(LmErrorKind::InvalidRequest, text).caused_by(&error)
        })?;
        let prompt = self
            .tokenizer
            .encode(&text)
            .map_err(|error| LmError::new(LmErrorKind::InvalidRequest, error))?;
        if prompt.is_empty() {
            let text = "the request has no messages; add at least one";
            return Err(LmError::new(LmErrorKind::InvalidRequest, text));
        }
        if prompt.len() >= self.context {
            let text = format!(
                "the prompt has {} tokens, but the context of `{}` has room for {} including the \
                 reply; shorten the prompt or use fewer demos",
                prompt.len(),
                self.id,
                self.context
            );
            return Err(LmError::new(LmErrorKind::ContextTooLong, text));
        }
        Ok(prompt)
    }
}

fn broken() -> LmError {
    LmError::new(
        LmErrorKind::Model,
        "the thread of the local model ended after a panic, whose message is on standard error; \
         open the model again",
    )
}

impl ChatModel for LocalModel {
    fn chat<'a>(
        &'a self,
        request: &'a ChatRequest,
        _: Permit<'a>,
    ) -> BoxFuture<'a, Result<ChatReply, LmError>> {
        Box::pin(self.answer(request))
    }

    fn info(&self) -> ModelInfo {
        let most = u32::try_from(self.max_reply_tokens).unwrap_or(u32::MAX);
        ModelInfo::new(self.id.clone())
            .with_price(Price::FREE)
            .with_max_output_tokens(most)
    }
}

impl fmt::Debug for LocalModel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("LocalModel").field(&self.id).finish()
    }
}

/// Settings of a [`LocalModel`].
#[derive(Clone, Debug)]
pub struct LocalModelBuilder {
    weights: Weights,
    threads: Option<NonZeroUsize>,
    max_batch: usize,
    context: Option<usize>,
    max_reply_tokens: usize,
    prefix_bytes: usize,
}

impl LocalModelBuilder {
    /// Sets the number of threads that compute. Default: one per available core.
    #[must_use]
    pub const fn threads(mut self, threads: NonZeroUsize) -> Self {
        self.threads = Some(threads);
        self
    }

    /// Sets how many calls are computed at the same time; further calls wait. Default: 16.
    #[must_use]
    pub const fn max_batch(mut self, calls: NonZeroUsize) -> Self {
        self.max_batch = calls.get();
        self
    }

    /// Sets the largest number of tokens of prompt and reply together. Default, and upper limit: the
    /// context length for which the model was trained.
    #[must_use]
    pub const fn context(mut self, tokens: usize) -> Self {
        self.context = Some(tokens);
        self
    }

    /// Sets the largest number of tokens of a reply to a request that sets no
    /// [`max_tokens`](crate::lm::Params::max_tokens). Default: 1024.
    #[must_use]
    pub const fn max_reply_tokens(mut self, tokens: usize) -> Self {
        self.max_reply_tokens = tokens;
        self
    }

    /// Sets how many bytes of keys and values are kept for prompts with the same start. Default: 1 GiB.
    #[must_use]
    pub const fn prefix_bytes(mut self, bytes: usize) -> Self {
        self.prefix_bytes = bytes;
        self
    }

    /// Finds or downloads the weights and loads the model.
    ///
    /// # Errors
    ///
    /// As [`LocalModel::open`].
    pub fn open(self) -> Result<LocalModel, LocalError> {
        let file = self.weights.locate()?;
        let cores = || available_parallelism().map_or(1, NonZeroUsize::get);
        let pool = threads::pool(self.threads.map_or_else(cores, NonZeroUsize::get))?;
        let mut gguf = Gguf::open(&file.path)?;
        let (llama, tokenizer, template) = pool
            .install(|| {
                let llama = Llama::load(&mut gguf)?;
                let tokenizer = BpeTokenizer::load(&gguf, llama.vocabulary())?;
                Ok((llama, tokenizer, ChatTemplate::load(&gguf)?))
            })
            .map_err(|flaw: Flaw| flaw.at(&file.path))?;
        let context = self.context.unwrap_or(usize::MAX).min(llama.context());
        let tokenizer = Arc::new(tokenizer);
        let engine = BatchEngine::new(
            llama,
            Arc::clone(&tokenizer),
            self.max_batch,
            self.prefix_bytes,
        );
        Ok(LocalModel {
            id: file.model_id(),
            tokenizer,
            template,
            context,
            max_reply_tokens: self.max_reply_tokens,
            jobs: batch::start(engine, pool)?,
        })
    }
}
