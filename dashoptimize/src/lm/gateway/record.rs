//! What the journal keeps of one call.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::excess::UsageExcess;
use super::ledger::{Purpose, Spend, Tag};
use crate::lm::request_key::RequestKey;
use crate::lm::{ChatReply, LmError, LmErrorKind};

/// One attempt at a call: that it is sent, or how it ended.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Record {
    /// The number of the record. By it, the copy of a line is known.
    pub(super) n: u64,
    /// The number of the record that says that the attempt is sent, if this one says how it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) of: Option<u64>,
    pub(super) key: RequestKey,
    pub(super) purpose: Purpose,
    pub(super) predictor: Arc<str>,
    pub(super) candidate: u32,
    /// What the attempt cost; until it ends, the most that it can cost.
    pub(super) spend: Spend,
    /// What earlier attempts at the call cost. They have records of their own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) before: Option<Spend>,
    /// Where the provider reported more than the attempt can have used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) beyond: Option<UsageExcess>,
    /// The run's working time so far, in milliseconds.
    pub(super) elapsed: u64,
    pub(super) end: CallEnd,
}

/// How an attempt ended.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum CallEnd {
    /// It is on its way. Without a later record, nobody knows how it ended: it may have been paid for, and
    /// the next attempt at the run makes it again.
    Sent,
    Reply(ChatReply),
    Failure {
        kind: LmErrorKind,
        message: String,
        status: Option<u16>,
    },
    /// It failed, and the call is made again: by the next attempt at the call or at the run.
    Again,
    /// Not a call: the attempt at the run that starts here makes all calls again that failed so far.
    AllAgain,
    /// Not a call: the hold-out is opened. What follows is spent on it.
    Holdout,
}

impl Record {
    /// A record that is not about a call.
    pub(super) fn note(elapsed: Duration, end: CallEnd) -> Self {
        let predictor = "".into();
        let tag = Tag::new(Purpose::Task, &predictor);
        Self::new(RequestKey([0; 16]), tag, Spend::NOTHING, elapsed, end)
    }

    pub(super) fn new(
        key: RequestKey,
        tag: Tag<'_>,
        spend: Spend,
        elapsed: Duration,
        end: CallEnd,
    ) -> Self {
        Self {
            n: 0,
            of: None,
            key,
            purpose: tag.purpose,
            predictor: Arc::clone(tag.predictor),
            candidate: tag.candidate,
            spend,
            before: None,
            beyond: None,
            elapsed: u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX),
            end,
        }
    }

    /// What the call cost, with all attempts.
    pub(super) fn cost_of_call(&self) -> Spend {
        let mut cost = self.before.unwrap_or_default();
        cost += self.spend;
        cost
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
            // They are never kept as an answer.
            Self::Sent | Self::Again | Self::AllAgain | Self::Holdout => Err(LmError::new(
                LmErrorKind::Connection,
                "the call was abandoned",
            )),
        }
    }
}
