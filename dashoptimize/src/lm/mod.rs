//! Language models: one trait, its providers, and the one gateway that every call passes.
//!
//! A provider implements [`ChatModel`] (one required method). Nobody but the [`Gateway`] can call
//! it: the method takes a [`Permit`], and only the gateway makes one, after the call was reserved
//! in the budget and looked up in journal and cache.

mod chat_model;
mod error;
#[cfg(feature = "local")]
pub mod local;
mod price;
mod reply;
mod request;

pub use chat_model::{BoxFuture, ChatModel, Lm, ModelInfo, Permit};
pub use error::{LmError, LmErrorKind};
pub use price::{Price, Usd};
pub use reply::{ChatReply, FinishReason, Usage};
pub use request::{ChatRequest, Message, Params, Prefix, ReplyFormat, Role};
