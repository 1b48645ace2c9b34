//! Why a call to a model failed, by classes that say what to do about it.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::reply::Usage;
use crate::error_text::{debug_is_message, with_causes};

/// The class of a failure. It alone decides whether the gateway tries again, and whether a run ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum LmErrorKind {
    /// The provider asks to slow down (HTTP 429). Tried again, after `Retry-After` where given.
    RateLimited,
    /// The provider failed (HTTP 5xx). Tried again.
    Server,
    /// There was no answer in time. Tried again.
    Timeout,
    /// The connection could not be made or broke. Tried again.
    Connection,
    /// An answer came, but it is not what the protocol promises (cut body, wrong JSON). Tried again.
    Protocol,
    /// A whole answer came that is not a reply of the protocol, such as a web page or JSON of another
    /// form. Not tried again, since the next answer would be the same.
    NotAReply,
    /// The key is missing, wrong or not allowed (HTTP 401, 403). Ends a run.
    Auth,
    /// The model or address does not exist (HTTP 404). Ends a run.
    NotFound,
    /// The provider refuses this request (other HTTP 4xx).
    InvalidRequest,
    /// The model does not take something that the request has, such as tools or images. Nothing was
    /// sent.
    Unsupported,
    /// The prompt does not fit the model's context.
    ContextTooLong,
    /// The provider refuses the content of the prompt, or withholds the reply for its content.
    ContentPolicy,
    /// The quota of the account is used up. Ends a run.
    Quota,
    /// The model itself could not be loaded or run (local models). Ends a run.
    Model,
}

impl LmErrorKind {
    /// Whether another attempt at the same request can succeed.
    #[must_use]
    pub const fn is_transient(self) -> bool {
        matches!(
            self,
            Self::RateLimited | Self::Server | Self::Timeout | Self::Connection | Self::Protocol
        )
    }

    /// Whether every other request would fail as well, so that a run should end immediately.
    #[must_use]
    pub const fn is_fatal(self) -> bool {
        matches!(
            self,
            Self::Auth | Self::NotFound | Self::Quota | Self::Model
        )
    }
}

/// What a failed call is billed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FailureCost {
    /// Nothing, not even a call: the connection was never made, so nothing was sent.
    NotSent,
    /// Nothing but the call: the provider says that it did not do the work.
    Nothing,
    /// Nobody knows. A budget counts the most that the call can have cost.
    Unknown,
    /// These tokens, as the provider reports them.
    Usage(Usage),
}

impl FailureCost {
    /// What a failure of this kind usually costs: an answer that was lost on its way may be billed, and a
    /// prompt that is too long or not allowed was read by the provider (Azure bills both).
    const fn of(kind: LmErrorKind) -> Self {
        match kind {
            LmErrorKind::Unsupported => Self::NotSent,
            LmErrorKind::Timeout
            | LmErrorKind::Connection
            | LmErrorKind::Protocol
            | LmErrorKind::NotAReply
            | LmErrorKind::ContextTooLong
            | LmErrorKind::ContentPolicy => Self::Unknown,
            LmErrorKind::RateLimited
            | LmErrorKind::Server
            | LmErrorKind::Auth
            | LmErrorKind::NotFound
            | LmErrorKind::InvalidRequest
            | LmErrorKind::Quota
            | LmErrorKind::Model => Self::Nothing,
        }
    }
}

/// A failed call to a model.
///
/// It never contains a key or a request header.
#[derive(Clone)]
pub struct LmError {
    kind: LmErrorKind,
    message: String,
    status: Option<u16>,
    retry_after: Option<Duration>,
    cost: FailureCost,
}

debug_is_message!(LmError);

impl LmError {
    /// An error of a kind, with a message that says what is wrong and what to do about it.
    pub fn new(kind: LmErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            status: None,
            retry_after: None,
            cost: FailureCost::of(kind),
        }
    }

    /// Sets the HTTP status. Default none.
    #[must_use]
    pub fn with_status(mut self, status: u16) -> Self {
        self.status = Some(status);
        self
    }

    /// Sets how long the provider asks to wait. Default not set.
    #[must_use]
    pub fn with_retry_after(mut self, wait: Duration) -> Self {
        self.retry_after = Some(wait);
        self
    }

    /// Sets what the call is billed. Default: unknown if an answer may have been lost on its way or the
    /// provider read the prompt (the kinds `Timeout`, `Connection`, `Protocol`, `NotAReply`, `ContextTooLong` and
    /// `ContentPolicy`), not sent if the model does not take the request (`Unsupported`), nothing otherwise.
    #[must_use]
    pub const fn with_cost(mut self, cost: FailureCost) -> Self {
        self.cost = cost;
        self
    }

    /// Adds what caused it to the message.
    #[must_use]
    pub fn caused_by(mut self, cause: &(dyn Error + 'static)) -> Self {
        self.message = format!("{}: {}", self.message, with_causes(cause));
        self
    }

    /// The class of the failure.
    #[must_use]
    pub const fn kind(&self) -> LmErrorKind {
        self.kind
    }

    /// What is wrong, and what to do about it.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The HTTP status, if the provider gave one.
    #[must_use]
    pub const fn status(&self) -> Option<u16> {
        self.status
    }

    /// What the call is billed.
    #[must_use]
    pub const fn cost(&self) -> FailureCost {
        self.cost
    }

    /// How long the provider asks to wait before another attempt, if it does.
    #[must_use]
    pub const fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }
}

impl fmt::Display for LmError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        match self.status {
            Some(status) => write!(f, " (HTTP {status})"),
            None => Ok(()),
        }
    }
}

impl Error for LmError {}
