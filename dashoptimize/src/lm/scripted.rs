//! A model that answers from code.

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::chat_model::{BoxFuture, ChatModel, MediaSupport, ModelInfo, Permit};
use super::error::{LmError, LmErrorKind};
use super::price::Price;
use super::reply::{ChatReply, Usage};
use super::request::ChatRequest;
use super::tool::ToolCall;

/// A model for tests and examples: it answers from code, immediately, without a network.
///
/// By default its id is `scripted`, it is [free](Price::FREE), takes no time, and counts tokens by
/// [`TokenRule::Bytes`]. It takes images and audio, since its code sees the whole request; they count as
/// no tokens. Clones share their counters, so keep one to read them after the model went into an
/// [`Lm`](super::Lm).
///
/// ```
/// use dashoptimize::lm::{ChatRequest, Lm, Scripted};
///
/// let model = Scripted::new(|request: &ChatRequest| match request.turns.last() {
///     Some(turn) if turn.text().contains("2 + 2") => "4",
///     _ => "I do not know",
/// });
/// let lm = Lm::new(model.clone());
/// assert_eq!(lm.info().id, "scripted");
/// assert_eq!(model.calls(), 0);
/// ```
#[derive(Clone)]
pub struct Scripted {
    answer: Arc<Answer>,
    info: ModelInfo,
    delay: Option<Duration>,
    tokens: TokenRule,
    counters: Arc<Counters>,
    seen: Option<Arc<Mutex<Vec<ChatRequest>>>>,
}

type Answer = dyn Fn(&ChatRequest) -> Result<ChatReply, LmError> + Send + Sync;

/// How a [`Scripted`] model counts tokens. A reply with a usage of its own keeps it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum TokenRule {
    /// A token is 4 bytes of text, rounded up over the prompt and over the reply. Counting takes the same
    /// time however long the prompt's prefix is.
    #[default]
    Bytes,
    /// A token is a word, separated from others by white space.
    Words,
    /// Every call uses this much.
    Each(Usage),
    /// The model does not report its usage.
    Unknown,
}

/// A value that the code of a [`Scripted`] model may return: a text, calls of tools, a [`ChatReply`], or
/// a `Result` of one of these.
pub trait IntoReply {
    /// The reply, or the error with which the call fails.
    ///
    /// # Errors
    ///
    /// Where the call is to fail.
    fn into_reply(self) -> Result<ChatReply, LmError>;
}

impl IntoReply for ChatReply {
    fn into_reply(self) -> Result<ChatReply, LmError> {
        Ok(self)
    }
}

impl IntoReply for String {
    fn into_reply(self) -> Result<ChatReply, LmError> {
        Ok(ChatReply::new(self))
    }
}

impl IntoReply for &str {
    fn into_reply(self) -> Result<ChatReply, LmError> {
        Ok(ChatReply::new(self))
    }
}

impl IntoReply for ToolCall {
    fn into_reply(self) -> Result<ChatReply, LmError> {
        Ok(ChatReply::calling(vec![self]))
    }
}

impl IntoReply for Vec<ToolCall> {
    fn into_reply(self) -> Result<ChatReply, LmError> {
        Ok(ChatReply::calling(self))
    }
}

impl<R: IntoReply> IntoReply for Result<R, LmError> {
    fn into_reply(self) -> Result<ChatReply, LmError> {
        self.and_then(IntoReply::into_reply)
    }
}

impl Scripted {
    /// A model that answers with what the code returns. For runs to be reproducible, it must depend only
    /// on the request.
    pub fn new<F, R>(answer: F) -> Self
    where
        F: Fn(&ChatRequest) -> R + Send + Sync + 'static,
        R: IntoReply,
    {
        Self {
            answer: Arc::new(move |request| answer(request).into_reply()),
            info: ModelInfo::new("scripted")
                .with_price(Price::FREE)
                .with_images(MediaSupport::UpTo(0))
                .with_audio(MediaSupport::UpTo(0)),
            delay: None,
            tokens: TokenRule::default(),
            counters: Arc::default(),
            seen: None,
        }
    }

    /// A model that answers the first request with the first of these replies, the next *different*
    /// request with the second, and so on. A repeated request gets the same reply again. When no reply is
    /// left, the call fails with [`LmErrorKind::Model`].
    ///
    /// ```
    /// use dashoptimize::lm::Scripted;
    ///
    /// let model = Scripted::replies(["Paris", "Berlin"]);
    /// ```
    pub fn replies<R: IntoReply>(replies: impl IntoIterator<Item = R>) -> Self {
        let replies: Vec<_> = replies.into_iter().map(IntoReply::into_reply).collect();
        let places = Mutex::new(HashMap::new());
        Self::new(move |request| {
            let mut places = lock(&places);
            let next = places.len();
            let place = *places.entry(request.key("")).or_insert(next);
            let reply = replies.get(place).cloned();
            reply.unwrap_or_else(|| Err(used_up(replies.len())))
        })
    }

    /// Sets the [id](ModelInfo::id) of the model. Default `scripted`.
    #[must_use]
    pub fn with_id(mut self, id: impl Into<String>) -> Self {
        self.info.id = id.into();
        self
    }

    /// Sets the price of a token. Default [`Price::FREE`].
    #[must_use]
    pub fn with_price(mut self, price: Price) -> Self {
        self.info.price = Some(price);
        self
    }

    /// Makes the price unknown, like that of a model without a list price.
    #[must_use]
    pub fn without_price(mut self) -> Self {
        self.info.price = None;
        self
    }

    /// Sets the length in tokens of the longest reply that the model claims to give. Replies are not cut
    /// to it. Default unknown.
    #[must_use]
    pub fn with_max_output_tokens(mut self, tokens: u32) -> Self {
        self.info.max_output_tokens = Some(tokens);
        self
    }

    /// Makes the model take the tools of a request, so that its code may call them. By default it does
    /// not.
    #[must_use]
    pub fn with_native_tools(mut self) -> Self {
        self.info = self.info.with_native_tools();
        self
    }

    /// Sets how long every call takes, by Tokio's clock. Default no time.
    #[must_use]
    pub const fn with_delay(mut self, delay: Duration) -> Self {
        self.delay = Some(delay);
        self
    }

    /// Sets how tokens are counted. Default [`TokenRule::Bytes`].
    #[must_use]
    pub const fn with_tokens(mut self, rule: TokenRule) -> Self {
        self.tokens = rule;
        self
    }

    /// Makes every call use this much, unless its reply has a usage of its own. Short for
    /// [`with_tokens`](Self::with_tokens) with [`TokenRule::Each`].
    #[must_use]
    pub const fn with_usage(self, usage: Usage) -> Self {
        self.with_tokens(TokenRule::Each(usage))
    }

    /// Keeps every request, for [`requests`](Self::requests). By default none is kept.
    #[must_use]
    pub fn keeping_requests(mut self) -> Self {
        self.seen = Some(Arc::default());
        self
    }

    /// How many calls have been started so far.
    #[must_use]
    pub fn calls(&self) -> u64 {
        self.counters.calls.load(Ordering::Relaxed)
    }

    /// The largest number of calls that have been in progress at the same time so far.
    #[must_use]
    pub fn max_concurrent_calls(&self) -> usize {
        self.counters.most.load(Ordering::Relaxed)
    }

    /// The requests in order of arrival, if they are [kept](Self::keeping_requests).
    #[must_use]
    pub fn requests(&self) -> Vec<ChatRequest> {
        match &self.seen {
            Some(seen) => lock(seen).clone(),
            None => Vec::new(),
        }
    }

    fn reply(&self, request: &ChatRequest) -> Result<ChatReply, LmError> {
        let mut reply = (self.answer)(request)?;
        if reply.usage.is_none() {
            reply.usage = self.tokens.count(request, &reply);
        }
        Ok(reply)
    }
}

impl ChatModel for Scripted {
    fn chat<'a>(
        &'a self,
        request: &'a ChatRequest,
        _permit: Permit<'a>,
    ) -> BoxFuture<'a, Result<ChatReply, LmError>> {
        // Two futures, so that one without a delay does not carry a timer.
        match self.delay {
            None => Box::pin(async move {
                let _call = self.counters.start(self, request);
                self.reply(request)
            }),
            Some(delay) => Box::pin(async move {
                let _call = self.counters.start(self, request);
                tokio::time::sleep(delay).await;
                self.reply(request)
            }),
        }
    }

    fn info(&self) -> ModelInfo {
        self.info.clone()
    }
}

impl TokenRule {
    fn count(self, request: &ChatRequest, reply: &ChatReply) -> Option<Usage> {
        match self {
            Self::Bytes => Some(Usage::new(quarter(request.bytes()), quarter(reply.bytes()))),
            Self::Words => {
                let prompt = request
                    .messages()
                    .map(|message| words(message.text()))
                    .sum();
                let calls = reply.tool_calls.iter();
                let calls: u64 = calls.map(|call| 1 + words(&call.arguments)).sum();
                Some(Usage::new(prompt, words(&reply.text) + calls))
            }
            Self::Each(usage) => Some(usage),
            Self::Unknown => None,
        }
    }
}

fn quarter(bytes: usize) -> u64 {
    bytes.div_ceil(4) as u64
}

fn words(text: &str) -> u64 {
    text.split_whitespace().count() as u64
}

#[derive(Default)]
struct Counters {
    calls: AtomicU64,
    in_progress: AtomicUsize,
    most: AtomicUsize,
}

impl Counters {
    fn start(&self, model: &Scripted, request: &ChatRequest) -> InProgress<'_> {
        self.calls.fetch_add(1, Ordering::Relaxed);
        let in_progress = 1 + self.in_progress.fetch_add(1, Ordering::Relaxed);
        self.most.fetch_max(in_progress, Ordering::Relaxed);
        if let Some(seen) = &model.seen {
            lock(seen).push(request.clone());
        }
        InProgress(self)
    }
}

/// A call in progress. A cancelled call ends as well.
struct InProgress<'a>(&'a Counters);

impl Drop for InProgress<'_> {
    fn drop(&mut self) {
        self.0.in_progress.fetch_sub(1, Ordering::Relaxed);
    }
}

fn used_up(replies: usize) -> LmError {
    LmError::new(
        LmErrorKind::Model,
        format!(
            "the script has {replies} replies, but another request arrived; add a reply for it"
        ),
    )
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl fmt::Debug for Scripted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scripted")
            .field("info", &self.info)
            .field("delay", &self.delay)
            .field("tokens", &self.tokens)
            .field("calls", &self.calls())
            .finish_non_exhaustive()
    }
}
