//! The model that programs hold.

use std::fmt;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::thread::available_parallelism;

use tokio::sync::oneshot;

use super::engine::{Done, Engine, Job};
use super::error::LocalError;
use super::gguf::Gguf;
use super::llama::Llama;
use super::sample::Sampler;
use super::template::Template;
use super::text::ReplyText;
use super::tokenizer::Tokenizer;
use super::weights::Weights;
use super::worker;
use crate::lm::{
    BoxFuture, ChatModel, ChatReply, ChatRequest, LmError, LmErrorKind, ModelInfo, Permit, Price,
};

/// A language model inside this process.
///
/// Calls may be made from many tasks at once: they are computed together, which costs little more
/// than one of them alone. What the prompts have in common is read once. Neither makes a
/// difference to the replies: a request gets the same reply, to the last bit of every score, alone
/// or beside others, and with any number of threads.
///
/// Dropping the future of a call cancels it. Dropping the model ends its threads.
///
/// The model does not enforce a [`ReplyFormat`](crate::lm::ReplyFormat). A [`Usage`](crate::lm::Usage) counts in
/// `output` every token that was computed, with the one that ends the reply, if there is one.
pub struct LocalModel {
    id: String,
    pub(super) tokenizer: Arc<Tokenizer>,
    template: Template,
    context: usize,
    max_reply_tokens: usize,
    jobs: Sender<Job>,
}

impl LocalModel {
    /// Finds or fetches the weights, and loads the model with the default settings.
    ///
    /// This takes seconds, minutes where weights have to be fetched; in async code, call it before
    /// the work starts or through `spawn_blocking`.
    ///
    /// # Errors
    ///
    /// A [`LocalError`] where the weights cannot be had or do not hold a model that is supported.
    pub fn open(weights: Weights) -> Result<Self, LocalError> {
        Self::builder(weights).open()
    }

    /// The same with other settings.
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
        Ok(self.done(request).await?.reply)
    }

    pub(super) async fn done(&self, request: &ChatRequest) -> Result<Done, LmError> {
        let prompt = self.prompt(request)?;
        let room = self.context - prompt.len();
        let wanted = request.params.max_tokens;
        let wanted = wanted.map_or(self.max_reply_tokens, |tokens| tokens as usize);
        let max_tokens = wanted.min(room);
        let sampler = Sampler::new(&request.params, request.sample)?;
        if max_tokens == 0 {
            return Ok(Done::empty(prompt.len()));
        }
        let (reply, done) = oneshot::channel();
        let job = Job {
            prompt,
            prefix: request.prefix.id(),
            max_tokens,
            sampler,
            text: ReplyText::new(&request.params.stop),
            reply,
        };
        self.run(job, done).await
    }

    pub(super) async fn run(
        &self,
        job: Job,
        done: oneshot::Receiver<Done>,
    ) -> Result<Done, LmError> {
        self.jobs.send(job).map_err(|_| broken())?;
        done.await.map_err(|_| broken())
    }

    /// The tokens of a request; at least one fewer than the model can read.
    fn prompt(&self, request: &ChatRequest) -> Result<Vec<u32>, LmError> {
        self.info().accepts(request)?;
        let text = self.template.render(request.messages()).map_err(|error| {
            let text = format!("the chat template of `{}` refuses the messages", self.id);
            LmError::new(LmErrorKind::InvalidRequest, text).with_source(error)
        })?;
        let prompt = self
            .tokenizer
            .encode(&text)
            .map_err(|error| LmError::new(LmErrorKind::InvalidRequest, error))?;
        if prompt.is_empty() {
            let text = "the request has no messages; give it at least one";
            return Err(LmError::new(LmErrorKind::InvalidRequest, text));
        }
        if prompt.len() >= self.context {
            let text = format!(
                "the prompt has {} tokens, but `{}` reads {} with the reply; shorten the prompt or \
                 use fewer demos",
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
        "the thread of the local model has ended after a panic, whose message is on standard \
         error; open the model anew",
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
    /// Sets the number of threads that compute. Default: one per core.
    #[must_use]
    pub const fn threads(mut self, threads: NonZeroUsize) -> Self {
        self.threads = Some(threads);
        self
    }

    /// Sets how many calls are computed at once; more of them wait. Default: 16.
    #[must_use]
    pub const fn max_batch(mut self, calls: NonZeroUsize) -> Self {
        self.max_batch = calls.get();
        self
    }

    /// Sets the largest number of tokens of prompt and reply together. Default, and upper limit:
    /// what the model was made for.
    #[must_use]
    pub const fn context(mut self, tokens: usize) -> Self {
        self.context = Some(tokens);
        self
    }

    /// Sets the largest number of tokens of a reply whose request sets none. Default: 1024.
    #[must_use]
    pub const fn max_reply_tokens(mut self, tokens: usize) -> Self {
        self.max_reply_tokens = tokens;
        self
    }

    /// Sets how many bytes of what was read are kept for prompts that begin alike. Default: 1 GiB.
    #[must_use]
    pub const fn prefix_bytes(mut self, bytes: usize) -> Self {
        self.prefix_bytes = bytes;
        self
    }

    /// Finds or fetches the weights and loads the model.
    ///
    /// # Errors
    ///
    /// Those of [`LocalModel::open`].
    pub fn open(self) -> Result<LocalModel, LocalError> {
        let file = self.weights.locate()?;
        let cores = || available_parallelism().map_or(1, NonZeroUsize::get);
        let pool = worker::pool(self.threads.map_or_else(cores, NonZeroUsize::get))?;
        let mut gguf = Gguf::open(&file.path)?;
        let (llama, tokenizer, template) = pool
            .install(|| {
                let llama = Llama::load(&mut gguf)?;
                let tokenizer = Tokenizer::load(&gguf, llama.vocabulary())?;
                Ok((llama, tokenizer, Template::load(&gguf)?))
            })
            .map_err(|flaw: super::error::Flaw| flaw.at(&file.path))?;
        let context = self.context.unwrap_or(usize::MAX).min(llama.context());
        let tokenizer = Arc::new(tokenizer);
        let engine = Engine::new(
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
            jobs: worker::start(engine, pool)?,
        })
    }
}
