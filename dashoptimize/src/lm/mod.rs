//! Language models: one trait, its providers, and the gateway that every call passes through.
//!
//! A provider implements [`ChatModel`]. Only the [`Gateway`] can call it: the method takes a [`Permit`],
//! which only the gateway can make, after the cost of the call was reserved in the budget and the request
//! was looked up in journal and cache.
//!
//! # Opening a model
//!
//! Everything that calls a model takes an [`Lm`], or what converts into one:
//!
#![cfg_attr(feature = "openai", doc = "```no_run")]
#![cfg_attr(not(feature = "openai"), doc = "```ignore")]
//! use dashoptimize::lm::{Lm, OpenAi, Price, Scripted};
//!
//! // The key is in `OPENAI_API_KEY`.
//! let hosted = OpenAi::from_env("gpt-4o-mini")?;
//! // A server of one's own, with its price, so that a budget in dollars counts it.
//! let own = OpenAi::builder("qwen3-8b").base_url("http://localhost:8000/v1").price(Price::FREE).build()?;
//! // A model for tests.
//! let scripted = Scripted::replies(["[[ ## answer ## ]]\nParis"]);
//! let models = [Lm::new(hosted), Lm::new(own), Lm::new(scripted)];
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Adding a provider
//!
//! A provider outside this crate is an `impl ChatModel` for a type that sends a request once; everything
//! else is optional. The gateway retries, caches, counts, limits and records.
//!
//! ```
//! use dashoptimize::lm::{
//!     BoxFuture, ChatModel, ChatReply, ChatRequest, ContentPart, LmError, LmErrorKind, ModelInfo,
//!     Permit, Price, Usage,
//! };
//!
//! /// A model that repeats what it was asked.
//! struct Echo;
//!
//! impl ChatModel for Echo {
//!     fn chat<'a>(
//!         &'a self,
//!         request: &'a ChatRequest,
//!         _permit: Permit<'a>,
//!     ) -> BoxFuture<'a, Result<ChatReply, LmError>> {
//!         Box::pin(async move {
//!             let Some(asked) = request.messages().last() else {
//!                 return Err(LmError::new(LmErrorKind::InvalidRequest, "there is no message"));
//!             };
//!             let mut text = String::new();
//!             for part in asked.parts() {
//!                 match part {
//!                     ContentPart::Text(part) => text.push_str(part),
//!                     // These two may be left out.
//!                     ContentPart::Thinking(_) | ContentPart::CachePoint => {}
//!                     // Nothing else may. The gateway has refused images and audio, since `info` does
//!                     // not say that the model takes them.
//!                     _ => return Err(LmError::new(LmErrorKind::Unsupported, "text only")),
//!                 }
//!             }
//!             let usage = Usage::new(request.bytes() as u64, text.len() as u64);
//!             Ok(ChatReply::new(text).with_usage(usage))
//!         })
//!     }
//!
//!     fn info(&self) -> ModelInfo {
//!         ModelInfo::new("echo").with_price(Price::FREE).with_max_output_tokens(1024)
//!     }
//! }
//!
//! # use dashoptimize::lm::{Gateway, Lm, Message, Prefix, Purpose, Tag};
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), dashoptimize::lm::ChatError> {
//! let lm = Lm::new(Echo);
//! let prefix = Prefix::new(vec![Message::system("Be brief.")]);
//! let request = ChatRequest::new(prefix, vec![Message::user("Hello!")]);
//! let predictor = "example".into();
//! let gateway = Gateway::direct();
//! let reply = gateway.chat(&lm, &request, Tag::new(Purpose::Task, &predictor)).await?;
//! assert_eq!(reply.text, "Hello!");
//! # Ok(()) }
//! ```
//!
//! A provider of this crate that is reached over HTTP is a folder in `lm/`, as `openai/` is. The folder
//! `http/` gives it sending, time and size limits, keys, the redaction of secrets, `Retry-After`, and
//! the classes of failures. What remains is
//!
//! - an `impl Protocol`: the body of a request, the reply in a response, and the provider's own codes and
//!   words for failures;
//! - a builder around `HttpSettings`, with the provider's default URL and the header of its key;
//! - the client: a `RemoteModel` of that protocol and a [`ModelInfo`], with an `impl ChatModel` that calls
//!   `RemoteModel::chat`;
//! - a feature in `Cargo.toml` that turns on `reqwest` and `httpdate`, and the lines `mod` and `pub use`
//!   below.

mod cassette;
mod chat_model;
mod content;
mod error;
mod gateway;
#[cfg(feature = "openai")]
mod http;
#[cfg(feature = "local")]
pub mod local;
mod message;
mod panic_words;
mod params;
mod price;
mod prices;
mod reply;
mod request;
mod request_key;
mod retry;
mod scripted;
mod secret;
mod tool;

#[cfg(feature = "openai")]
mod openai;

pub use cassette::{CassetteError, Recorder, Replay};
pub use chat_model::{BoxFuture, ChatModel, Lm, MediaSupport, ModelInfo, Permit};
pub use content::{Content, ContentPart, Image, Media, MediaKind, Thinking};
pub use error::{FailureCost, LmError, LmErrorKind};
pub(crate) use gateway::{Amount, Journal, RecordedFailures};
pub use gateway::{
    Budget, Cache, ChatError, Gateway, JournalError, Ledger, Purpose, Refusal, Spend, Tag,
    UsageExcess,
};
pub use message::{Message, Role};
#[cfg(feature = "openai")]
pub use openai::{MaxTokensField, OpenAi, OpenAiBuilder};
pub(crate) use panic_words::panic_words;
pub use params::{Params, ReplyFormat};
pub use price::{Price, Usd};
pub use prices::{longest_reply, shutdown_date};
pub use reply::{ChatReply, FinishReason, Usage};
pub use request::{ChatRequest, Prefix};
pub use retry::Retry;
pub use scripted::{IntoReply, Scripted, TokenRule};
pub use secret::Secret;
pub use tool::{ToolCall, ToolDef};
