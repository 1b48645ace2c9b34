//! Language models: one trait, its providers, and the one gateway that every call passes.
//!
//! A provider implements [`ChatModel`] (one required method). Nobody but the [`Gateway`] can call
//! it: the method takes a [`Permit`], and only the gateway makes one, after the call was reserved
//! in the budget and looked up in journal and cache.

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
pub use error::{LmError, LmErrorKind};
pub(crate) use gateway::{Amount, Journal, RecordedFailures};
pub use gateway::{
    Budget, Cache, ChatError, Gateway, JournalError, Ledger, Purpose, Refusal, Spend, Tag,
};
pub use message::{Message, Role};
#[cfg(feature = "openai")]
pub use openai::{MaxTokensField, OpenAi, OpenAiBuilder};
pub use params::{Params, ReplyFormat};
pub use price::{Price, Usd};
pub use prices::longest_reply;
pub use reply::{ChatReply, FinishReason, Usage};
pub use request::{ChatRequest, Prefix};
pub use retry::Retry;
pub use scripted::{IntoReply, Scripted, TokenRule};
pub use secret::Secret;
pub use tool::{ToolCall, ToolDef};
