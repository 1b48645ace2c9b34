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
    /// The call came to nothing, and a rerun makes it again, but it was paid for.
    Lost,
    /// No call: the sitting that begins here tries all calls again that failed so far.
    Again,
}

impl Record {
    pub(super) fn new(
        key: RequestKey,
        tag: Tag<'_>,
        spend: Spend,
        elapsed: Duration,
        end: End,
    ) -> Self {
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
    pub(super) fn failure(error: &LmError) -> Self {
        Self::Failure {
            kind: error.kind(),
            message: error.message().to_owned(),
            status: error.status(),
        }
    }

    /// Whether it answers the same request when it comes again.
    pub(super) const fn is_answer(&self) -> bool {
        matches!(self, Self::Reply(_) | Self::Failure { .. })
    }

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
            // It is never kept as an answer.
            Self::Lost | Self::Again => Err(LmError::new(
                LmErrorKind::Connection,
                "the call was given up",
            )),
        }
    }
}

impl Serialize for RequestKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{:x}", base16ct::HexDisplay(&self.0)))
    }
}

impl<'de> Deserialize<'de> for RequestKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let mut key = [0; 16];
        match base16ct::lower::decode(&text, &mut key) {
            Ok(read) if read.len() == 16 => Ok(Self(key)),
            _ => Err(serde::de::Error::custom("a key is 32 hexadecimal digits")),
        }
    }
}
