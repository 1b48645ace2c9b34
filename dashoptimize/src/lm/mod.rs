//! Language models: one trait, its providers, and the one gateway that every call passes.
//!
//! A provider implements [`ChatModel`] (one required method). Nobody but the [`Gateway`] can call
//! it: the method takes a [`Permit`], and only the gateway makes one, after the call was reserved
//! in the budget and looked up in journal and cache.

mod cassette;
mod chat_model;
mod error;
mod gateway;
#[cfg(feature = "openai")]
mod http;
#[cfg(feature = "local")]
pub mod local;
mod price;
mod prices;
mod reply;
mod request;
mod retry;
mod scripted;
mod secret;
mod tool;

#[cfg(feature = "openai")]
mod openai;

pub use cassette::{CassetteError, Recorder, Replay};
pub use chat_model::{BoxFuture, ChatModel, Lm, ModelInfo, Permit};
pub use error::{LmError, LmErrorKind};
pub use gateway::{
    Amount, Budget, Cache, ChatError, Gateway, JournalError, Ledger, Purpose, Refusal, Spend, Tag,
};
pub(crate) use gateway::{Failures, Journal};
#[cfg(feature = "openai")]
pub use openai::{MaxTokensField, OpenAi, OpenAiBuilder};
pub use price::{Price, Usd};
pub use prices::longest_reply;
pub use reply::{ChatReply, FinishReason, Usage};
pub use request::{ChatRequest, Message, Params, Prefix, ReplyFormat, Role};
pub use retry::Retry;
pub use scripted::{IntoReply, Scripted, TokenRule};
pub use secret::Secret;
pub use tool::{ToolCall, ToolDef};
