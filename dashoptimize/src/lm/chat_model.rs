//! The one trait of a provider, and the handle under which programs hold a model.

use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;

use super::{ChatReply, ChatRequest, LmError, Price};

/// A future on the heap, as object-safe async methods need it.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Proof that a call passed the gateway: budget reserved, journal and cache asked.
///
/// It cannot be made outside this crate. A model that wraps another one hands on the permit that
/// it was given.
#[derive(Debug)]
pub struct Permit<'a> {
    call: PhantomData<&'a ()>,
}

impl Permit<'_> {
    pub(in crate::lm) const fn granted() -> Self {
        Self { call: PhantomData }
    }
}

/// A chat model. One method is required; the rest says what the engine must know to budget,
/// cache and report.
///
/// An implementation sends the request once. Retries, caching, concurrency and accounting are the
/// gateway's work, so that they are the same for every provider.
pub trait ChatModel: Send + Sync + 'static {
    /// Sends one request and waits for its reply.
    ///
    /// # Errors
    ///
    /// An [`LmError`] whose [kind](LmError::kind) tells the gateway whether another attempt can
    /// help.
    fn chat<'a>(
        &'a self,
        request: &'a ChatRequest,
        permit: Permit<'a>,
    ) -> BoxFuture<'a, Result<ChatReply, LmError>>;

    /// What the engine should know of this model. Two models that answer differently must give
    /// different [ids](ModelInfo::id): the id is part of the key of cache and journal.
    fn info(&self) -> ModelInfo {
        ModelInfo::new(std::any::type_name::<Self>())
    }
}

/// What the engine knows of a model without calling it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ModelInfo {
    /// Identity in cache keys, journals, artifacts and reports, such as `openai/gpt-4o-mini`.
    pub id: String,
    /// Price of a token. `None` is unknown, which is not the same as free.
    pub price: Option<Price>,
    /// Largest number of tokens that one reply can have where the request sets no limit.
    pub max_output_tokens: Option<u32>,
    /// Whether it takes the [tools](ChatRequest::tools) of a request and calls them.
    pub native_tools: bool,
}

impl ModelInfo {
    /// A model of this name, of unknown price and reply length, without native tools.
    pub fn new(id: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            price: None,
            max_output_tokens: None,
            native_tools: false,
        }
    }

    /// Sets the price of a token. Default unknown, which is not free.
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

    /// Says that the model takes the tools of a request. Default: it does not.
    #[must_use]
    pub fn with_native_tools(mut self) -> Self {
        self.native_tools = true;
        self
    }
}

/// A shared handle to a model, as programs hold it. Cloning it is cheap.
#[derive(Clone)]
pub struct Lm {
    model: Arc<dyn ChatModel>,
    info: Arc<ModelInfo>,
}

impl Lm {
    /// Wraps a model. [`ChatModel::info`] is read once, here.
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
