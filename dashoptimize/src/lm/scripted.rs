//! A model that answers from code.

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::{
    BoxFuture, ChatModel, ChatReply, ChatRequest, LmError, LmErrorKind, ModelInfo, Permit, Price,
    ToolCall, Usage,
};

/// A model for tests and examples: it answers from code, at once, without a network.
///
/// It is called `scripted`, is [free](Price::FREE), takes no time and counts tokens by
/// [`TokenRule::Bytes`] unless told otherwise. Clones share their counters, so keep one to look at
/// them after the model went into an [`Lm`](super::Lm).
///
/// ```
/// use dashoptimize::lm::{ChatRequest, Lm, Message, Prefix, Role, Scripted};
///
/// let model = Scripted::new(|request: &ChatRequest| match request.turns.last() {
///     Some(turn) if turn.text.contains("2 + 2") => "4",
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

/// How a [`Scripted`] model counts tokens. A reply that brings its own usage keeps it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum TokenRule {
    /// A token is 4 bytes of text, rounded up over the prompt and over the reply. It takes no time,
    /// however long the prompt's prefix is.
    #[default]
    Bytes,
    /// A token is a word between white space.
    Words,
    /// Every call uses this much.
    Each(Usage),
    /// The model does not say.
    Unknown,
}

/// What the code of a [`Scripted`] model may return: a text, calls of tools, a [`ChatReply`], or a
/// `Result` of one of these.
pub trait IntoReply {
    /// The reply, or the failure to show.
    ///
    /// # Errors
    ///
    /// Where the code wants the call to fail.
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
    /// A model that answers with what the code returns. For runs that can be repeated, let it depend
    /// on the request alone.
    pub fn new<F, R>(answer: F) -> Self
    where
        F: Fn(&ChatRequest) -> R + Send + Sync + 'static,
        R: IntoReply,
    {
        Self {
            answer: Arc::new(move |request| answer(request).into_reply()),
            info: ModelInfo::new("scripted").with_price(Price::FREE),
            delay: None,
            tokens: TokenRule::default(),
            counters: Arc::default(),
            seen: None,
        }
    }

    /// A model that answers the first request with the first of these, the next *other* request with
    /// the second, and so on. A request that came before gets the reply it got before. When all are
    /// given out, the call fails, with [`LmErrorKind::Model`].
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

    /// Sets the name of the model. Default `scripted`.
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

    /// Makes the price unknown, as that of a provider without a list.
    #[must_use]
    pub fn without_price(mut self) -> Self {
        self.info.price = None;
        self
    }

    /// Sets the longest reply in tokens that the model says it gives. Default unknown. Replies are not
    /// cut to it.
    #[must_use]
    pub fn with_max_output_tokens(mut self, tokens: u32) -> Self {
        self.info.max_output_tokens = Some(tokens);
        self
    }

    /// Makes the model one that takes the tools of a request, and whose code may call them. Default: it
    /// takes none.
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

    /// Makes every call use this much, unless its reply brings its own usage: a
    /// [`with_tokens`](Self::with_tokens) of [`TokenRule::Each`].
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

    /// How many calls were begun so far.
    #[must_use]
    pub fn calls(&self) -> u64 {
        self.counters.calls.load(Ordering::Relaxed)
    }

    /// The largest number of calls that were under way at once so far.
    #[must_use]
    pub fn most_at_once(&self) -> usize {
        self.counters.most.load(Ordering::Relaxed)
    }

    /// The requests in order of arrival, where they are [kept](Self::keeping_requests).
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
                let _call = self.counters.begin(self, request);
                self.reply(request)
            }),
            Some(delay) => Box::pin(async move {
                let _call = self.counters.begin(self, request);
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
                let prompt = request.messages().map(|message| words(&message.text)).sum();
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
    under_way: AtomicUsize,
    most: AtomicUsize,
}

impl Counters {
    fn begin(&self, model: &Scripted, request: &ChatRequest) -> UnderWay<'_> {
        self.calls.fetch_add(1, Ordering::Relaxed);
        let under_way = 1 + self.under_way.fetch_add(1, Ordering::Relaxed);
        self.most.fetch_max(under_way, Ordering::Relaxed);
        if let Some(seen) = &model.seen {
            lock(seen).push(request.clone());
        }
        UnderWay(self)
    }
}

/// A call under way. A call that is cancelled ends as well.
struct UnderWay<'a>(&'a Counters);

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.0.under_way.fetch_sub(1, Ordering::Relaxed);
    }
}

fn used_up(replies: usize) -> LmError {
    LmError::new(
        LmErrorKind::Model,
        format!("the script has {replies} replies, but another request came; add a reply for it"),
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
