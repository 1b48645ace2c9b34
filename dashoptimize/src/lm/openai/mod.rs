//! A client of OpenAI's chat completions, and of the many servers that speak the same protocol.
//!
//! From the bottom up: `body` (with `content`, `strict` and `tools`) writes a request, `reply` reads a response,
//! `failure` (with `overflow`) reads errors; `protocol` joins them into what [`http`](super::http) needs; `client` is the
//! model and `builder` its settings.

mod body;
mod builder;
mod client;
mod content;
mod failure;
mod hosts;
mod model_id;
mod overflow;
mod protocol;
mod reply;
mod strict;
mod tools;

pub use body::MaxTokensField;
pub use builder::OpenAiBuilder;
pub use client::OpenAi;
