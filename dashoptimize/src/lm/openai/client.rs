//! The client.

use std::fmt;
use std::sync::Arc;

use super::protocol::ChatCompletions;
use crate::lm::chat_model::{BoxFuture, ChatModel, ModelInfo, Permit};
use crate::lm::error::LmError;
use crate::lm::http::RemoteModel;
use crate::lm::reply::ChatReply;
use crate::lm::request::ChatRequest;

/// A chat model behind OpenAI's protocol: OpenAI's own, or any server that speaks it, such as vLLM,
/// llama.cpp, Ollama or a proxy. Clones share connections. It needs a Tokio runtime.
///
/// A proxy given in the environment (`HTTPS_PROXY`, `NO_PROXY`) is used, but not to reach this machine.
///
/// Each call is one HTTP request, without streaming, for one choice; only what the request sets is sent.
/// A reply that was cut, refused or filtered comes back as a reply, with its usage, because it is paid for;
/// its [`FinishReason`](crate::lm::FinishReason) says that it is not an answer, and programs do not take it
/// for one. A reply during which the provider failed, or that a full context ended, is an error.
///
/// ```
/// use dashoptimize::lm::{ChatModel, LmError, OpenAi, Price};
///
/// # fn main() -> Result<(), LmError> {
/// let lm = OpenAi::builder("llama-3.2-3b")
///     .base_url("http://localhost:8000/v1")
///     .price(Price::FREE)
///     .build()?;
/// assert_eq!(lm.info().id, "openai/llama-3.2-3b@http://localhost:8000");
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct OpenAi {
    remote: Arc<RemoteModel<ChatCompletions>>,
    info: Arc<ModelInfo>,
}

impl OpenAi {
    pub(super) fn of(remote: RemoteModel<ChatCompletions>, info: ModelInfo) -> Self {
        Self {
            remote: Arc::new(remote),
            info: Arc::new(info),
        }
    }
}

impl ChatModel for OpenAi {
    fn chat<'a>(
        &'a self,
        request: &'a ChatRequest,
        _permit: Permit<'a>,
    ) -> BoxFuture<'a, Result<ChatReply, LmError>> {
        Box::pin(self.remote.chat(request))
    }

    fn info(&self) -> ModelInfo {
        (*self.info).clone()
    }
}

impl fmt::Debug for OpenAi {
    /// Neither the base URL's path nor header values: both can contain keys.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenAi")
            .field("model", &self.remote.model())
            .field("host", &self.remote.host())
            .field("timeout", &self.remote.timeout())
            .field("max_tokens_field", &self.remote.protocol().max_tokens_field)
            .field("info", &self.info)
            .finish_non_exhaustive()
    }
}
