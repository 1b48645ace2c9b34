//! What journal and cache keep of one call.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::ledger::{Purpose, Spend, Tag};
use crate::lm::request::RequestKey;
use crate::lm::{ChatReply, LmError, LmErrorKind};

/// One call that ended.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Record {
    pub(super) key: RequestKey,
    pub(super) purpose: Purpose,
    pub(super) predictor: Arc<str>,
    pub(super) candidate: u32,
    pub(super) spend: Spend,
    /// Time of work of the run, in milliseconds.
    pub(super) elapsed: u64,
    pub(super) end: End,
}

/// How a call ended.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum End {
    Reply(ChatReply),
    Failure {
        kind: LmErrorKind,
        message: String,
        status: Option<u16>,
    },
}

impl Record {
    pub(super) fn reply(
        key: RequestKey,
        tag: Tag<'_>,
        spend: Spend,
        elapsed: Duration,
        reply: ChatReply,
    ) -> Self {
        Self::new(key, tag, spend, elapsed, End::Reply(reply))
    }

    /// A reply that came from the cache.
    pub(super) fn cached(
        key: RequestKey,
        tag: Tag<'_>,
        elapsed: Duration,
        reply: ChatReply,
    ) -> Self {
        Self::new(key, tag, Spend::cache_hit(), elapsed, End::Reply(reply))
    }

    pub(super) fn failure(
        key: RequestKey,
        tag: Tag<'_>,
        spend: Spend,
        elapsed: Duration,
        error: &LmError,
    ) -> Self {
        let end = End::Failure {
            kind: error.kind(),
            message: error.message().to_owned(),
            status: error.status(),
        };
        Self::new(key, tag, spend, elapsed, end)
    }

    fn new(key: RequestKey, tag: Tag<'_>, spend: Spend, elapsed: Duration, end: End) -> Self {
        Self {
            key,
            purpose: tag.purpose,
            predictor: Arc::clone(tag.predictor),
            candidate: tag.candidate,
            spend,
            elapsed: u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX),
            end,
        }
    }
}

impl End {
    pub(super) fn into_reply(self) -> Result<ChatReply, LmError> {
        match self {
            Self::Reply(reply) => Ok(reply),
            Self::Failure {
                kind,
                message,
                status,
            } => {
                let error = LmError::new(kind, message);
                Err(match status {
                    Some(status) => error.with_status(status),
                    None => error,
                })
            }
        }
    }
}

impl Serialize for RequestKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{:032x}", u128::from_be_bytes(self.0)))
    }
}

impl<'de> Deserialize<'de> for RequestKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        u128::from_str_radix(&text, 16)
            .map(|number| Self(number.to_be_bytes()))
            .map_err(|_| serde::de::Error::custom("a key is 32 hexadecimal digits"))
    }
}
