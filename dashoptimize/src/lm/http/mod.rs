//! What every provider behind HTTP needs, so that a new one is a [`Protocol`]: a body, a reply and its
//! own words for failures.
//!
//! [`HttpSettings`] holds the settings that each provider's builder offers: base URL, key, headers, time
//! limits, size limit. [`HttpSettings::connect`] makes a [`RemoteModel`] of them, whose
//! [`chat`](RemoteModel::chat) encodes a request, asks for the key where it is not fixed, sends once,
//! reads the response up to the size limit, decodes it, and removes secrets from the reply. A failure
//! becomes an [`LmError`](crate::lm::LmError) with its class, HTTP status, the wait that the server asks
//! for, and advice.
//!
//! From the bottom up: `endpoint`, `key`, `redact`, `retry_after` and `error_body` each do one thing;
//! `protocol` is the trait of a provider, `failure` gives a failed attempt its class and its words,
//! `remote` sends, and `settings` builds.

mod endpoint;
mod error_body;
mod failure;
mod key;
mod protocol;
mod redact;
mod remote;
mod retry_after;
mod settings;

pub(in crate::lm) use endpoint::Endpoint;
pub(in crate::lm) use error_body::{ErrorBody, error_in, is_failure};
pub(in crate::lm) use key::{KeyHeader, KeySource};
pub(in crate::lm) use protocol::{NotAReply, Protocol};
pub(in crate::lm) use remote::RemoteModel;
pub(in crate::lm) use settings::{HttpSettings, invalid_setting};
