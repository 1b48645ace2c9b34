//! The trait of a provider, and the handle through which programs hold a model.

use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;

use futures_util::FutureExt;

use super::content::MediaKind;
use super::error::{LmError, LmErrorKind};
use super::panic_words::panic_words;
use super::price::Price;
use super::reply::ChatReply;
use super::request::ChatRequest;

/// A future on the heap, as object-safe async methods need it.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Proof that a call passed the gateway: it was looked up in journal and cache, and its cost is reserved
/// in the budget.
///
/// It cannot be made outside this crate. A model that wraps another one passes on the permit that it was
/// given.
#[derive(Debug)]
pub struct Permit<'a> {
    call: PhantomData<&'a ()>,
}

impl Permit<'_> {
    pub(in crate::lm) const fn granted() -> Self {
        Self { call: PhantomData }
    }
}

/// A chat model. One method is required; the other says what the gateway must know to budget, cache and
/// report.
///
/// An implementation sends the request once. Retries, caching, concurrency and accounting are done by
/// the gateway, so that they are the same for every provider.
///
/// The [module](crate::lm) shows an implementation.
pub trait ChatModel: Send + Sync + 'static {
    /// Sends one request, once, and waits for its reply.
    ///
    /// Dropping the future cancels the call.
    ///
    /// # Errors
    ///
    /// An [`LmError`] whose [kind](LmError::kind) tells the gateway whether another attempt can help.
    /// For content that the model does not take it is [`LmErrorKind::Unsupported`]: content is never left
    /// out silently.
    fn chat<'a>(
        &'a self,
        request: &'a ChatRequest,
        permit: Permit<'a>,
    ) -> BoxFuture<'a, Result<ChatReply, LmError>>;

    /// What is known of this model without calling it. Two models that answer differently must have
    /// different [ids](ModelInfo::id): the id is part of the key of cache and journal.
    ///
    /// The default names the Rust type, and knows neither price nor limits.
    fn info(&self) -> ModelInfo {
        ModelInfo::new(std::any::type_name::<Self>())
    }
}

/// What is known of a model without calling it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ModelInfo {
    /// Identity in cache keys, journals, artifacts and reports, such as `openai/gpt-4o-mini`.
    pub id: String,
    /// Price of a token. `None` is unknown, which is not the same as free: a budget in dollars then
    /// refuses the call.
    pub price: Option<Price>,
    /// Largest number of tokens that one reply can have where the request sets no limit. `None` is
    /// unknown.
    pub max_output_tokens: Option<u32>,
    /// Whether it takes the [tools](ChatRequest::tools) of a request and calls them.
    pub native_tools: bool,
    /// Whether it takes [images](super::ContentPart::Image).
    pub images: MediaSupport,
    /// Whether it takes [audio](super::ContentPart::Audio).
    pub audio: MediaSupport,
}

/// Whether a model takes a kind of media, and how many tokens one part of it can count as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum MediaSupport {
    /// It does not take it. The gateway refuses a request that has it.
    #[default]
    Unsupported,
    /// It takes it, and how many tokens one part counts as is unknown: a budget in tokens or dollars
    /// refuses a request that has it.
    Unbounded,
    /// It takes it, and one part counts as at most this many tokens.
    UpTo(u32),
}

impl ModelInfo {
    /// A model of this id, of unknown price and reply length, that takes text and neither tools nor
    /// media.
    pub fn new(id: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            price: None,
            max_output_tokens: None,
            native_tools: false,
            images: MediaSupport::Unsupported,
            audio: MediaSupport::Unsupported,
        }
    }

    /// Sets the price of a token. Default unknown, which is not the same as free.
    #[must_use]
    pub fn with_price(mut self, price: Price) -> Self {
        self.price = Some(price);
        self
    }

    /// Sets the largest number of tokens of one reply, where the request sets no limit. Default
    /// unknown.
    #[must_use]
    pub fn with_max_output_tokens(mut self, tokens: u32) -> Self {
        self.max_output_tokens = Some(tokens);
        self
    }

    /// Says that the model takes the tools of a request. By default it does not.
    #[must_use]
    pub fn with_native_tools(mut self) -> Self {
        self.native_tools = true;
        self
    }

    /// Sets whether the model takes images. Default [`MediaSupport::Unsupported`].
    #[must_use]
    pub fn with_images(mut self, support: MediaSupport) -> Self {
        self.images = support;
        self
    }

    /// Sets whether the model takes audio. Default [`MediaSupport::Unsupported`].
    #[must_use]
    pub fn with_audio(mut self, support: MediaSupport) -> Self {
        self.audio = support;
        self
    }

    pub(super) const fn support(&self, kind: MediaKind) -> MediaSupport {
        match kind {
            MediaKind::Image => self.images,
            MediaKind::Audio => self.audio,
        }
    }

    /// Whether the model takes everything that the request has. The gateway asks this before each call.
    ///
    /// # Errors
    ///
    /// [`LmErrorKind::Unsupported`] where the request has tools, images or audio and the model does not
    /// take them. A model that ignored them would answer a different question.
    pub fn accepts(&self, request: &ChatRequest) -> Result<(), LmError> {
        let model = &self.id;
        if !request.tools.is_empty() && !self.native_tools {
            return Err(unsupported(format!(
                "`{model}` takes no tools; describe them in the prompt, or use a model with native tools"
            )));
        }
        let media = request.media();
        let refused = MediaKind::ALL
            .into_iter()
            .find(|kind| media.of(*kind) > 0 && self.support(*kind) == MediaSupport::Unsupported);
        match refused {
            Some(kind) => Err(unsupported(format!(
                "`{model}` takes no {kind}; describe the content in text, or use a model that takes {kind}"
            ))),
            None => Ok(()),
        }
    }
}

fn unsupported(message: String) -> LmError {
    LmError::new(LmErrorKind::Unsupported, message)
}

/// A shared handle to a model, as programs hold it. Cloning it is cheap.
#[derive(Clone)]
pub struct Lm {
    model: Arc<dyn ChatModel>,
    info: Arc<ModelInfo>,
}

impl Lm {
    /// Wraps a model. [`ChatModel::info`] is called once, here.
    pub fn new(model: impl ChatModel) -> Self {
        Self::from(Arc::new(model) as Arc<dyn ChatModel>)
    }

    /// What is known of the model.
    #[must_use]
    pub fn info(&self) -> &ModelInfo {
        &self.info
    }

    pub(in crate::lm) fn model(&self) -> &dyn ChatModel {
        &*self.model
    }

    /// Sends a request. A panic in the code of the provider is a failure of this call.
    pub(in crate::lm) async fn send(
        &self,
        request: &ChatRequest,
        permit: Permit<'_>,
    ) -> Result<ChatReply, LmError> {
        // The model may panic before there is a future.
        let sent = AssertUnwindSafe(async { self.model.chat(request, permit).await });
        sent.catch_unwind().await.unwrap_or_else(|panic| {
            let id = &self.info.id;
            let words = panic_words(&*panic);
            let message = format!("the code of the model `{id}` panicked: {words}");
            Err(LmError::new(LmErrorKind::Protocol, message))
        })
    }
}

impl fmt::Debug for Lm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Lm").field(&self.info.id).finish()
    }
}

impl<M: ChatModel> From<M> for Lm {
    fn from(model: M) -> Self {
        Self::new(model)
    }
}

impl From<Arc<dyn ChatModel>> for Lm {
    fn from(model: Arc<dyn ChatModel>) -> Self {
        let info = Arc::new(model.info());
        Self { model, info }
    }
}

impl<M: ChatModel> From<Arc<M>> for Lm {
    fn from(model: Arc<M>) -> Self {
        Self::from(model as Arc<dyn ChatModel>)
    }
}

impl From<&Self> for Lm {
    fn from(lm: &Self) -> Self {
        lm.clone()
    }
}
