//! What the journal keeps of one call.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::ledger::{Purpose, Spend, Tag};
use crate::lm::request_key::RequestKey;
use crate::lm::{ChatReply, LmError, LmErrorKind};

/// One call that has ended.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Record {
    pub(super) key: RequestKey,
    pub(super) purpose: Purpose,
    pub(super) predictor: Arc<str>,
    pub(super) candidate: u32,
    pub(super) spend: Spend,
    /// The run's working time so far, in milliseconds.
    pub(super) elapsed: u64,
    pub(super) end: CallEnd,
}

/// How a call ended.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum CallEnd {
    Reply(ChatReply),
    Failure {
        kind: LmErrorKind,
        message: String,
        status: Option<u16>,
    },
    /// The call has no result, and the next attempt at the run makes it again, but it was paid for.
    Lost,
    /// Not a call: the attempt at the run that starts here makes all calls again that failed so far.
    Again,
}

impl Record {
    pub(super) fn new(
        key: RequestKey,
        tag: Tag<'_>,
        spend: Spend,
        elapsed: Duration,
        end: CallEnd,
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

impl CallEnd {
    pub(super) fn failure(error: &LmError) -> Self {
        Self::Failure {
            kind: error.kind(),
            message: error.message().to_owned(),
            status: error.status(),
        }
    }

    /// Whether it answers the same request when that comes again.
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
                "the call was abandoned",
            )),
        }
    }
}
