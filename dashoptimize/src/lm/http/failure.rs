//! A failed attempt: its class, and what the user is told.

use std::error::Error;
use std::time::Duration;

use super::error_body::ErrorBody;
use super::key::UnsendableKey;
use super::redact;
use crate::lm::error::{FailureCost, LmError, LmErrorKind};
use crate::lm::secret::Secret;

/// What went wrong, before it is put into words and secrets are removed.
pub(super) struct FailedAttempt {
    pub(super) kind: LmErrorKind,
    pub(super) error: ErrorBody,
    status: Option<u16>,
    retry_after: Option<Duration>,
    /// Whether the connection was made, so that the request may have been sent.
    sent: bool,
    source: Option<reqwest::Error>,
}

impl FailedAttempt {
    pub(super) fn new(kind: LmErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            error: ErrorBody::from_message(message),
            status: None,
            retry_after: None,
            sent: true,
            source: None,
        }
    }

    /// The server answered that it did not do it. Without a class from the provider, the status decides.
    pub(super) fn refused(
        kind: Option<LmErrorKind>,
        status: u16,
        error: ErrorBody,
        retry_after: Option<Duration>,
    ) -> Self {
        Self {
            kind: kind.unwrap_or_else(|| kind_of_status(status)),
            error,
            status: Some(status),
            retry_after,
            sent: true,
            source: None,
        }
    }

    /// Says which model, where, what happened and what to do about it.
    pub(super) fn into_error<'s>(
        self,
        model: &str,
        host: &str,
        advice: Option<&'static str>,
        secrets: impl Iterator<Item = &'s Secret>,
    ) -> LmError {
        let mut message = format!("`{model}` at {host} {}", self.what_happened());
        if !self.error.message.is_empty() {
            message.push_str(": ");
            message.push_str(&redact::message(&self.error.message, secrets));
        }
        if let Some(advice) = advice.or_else(|| self.general_advice()) {
            message.push_str("; ");
            message.push_str(advice);
        }
        let mut error = LmError::new(self.kind, message);
        if let Some(status) = self.status {
            error = error.with_status(status);
        }
        if let Some(wait) = self.retry_after {
            error = error.with_retry_after(wait);
        }
        if !self.sent {
            error = error.with_cost(FailureCost::NotSent);
        }
        match self.source {
            Some(source) => error.with_source(source),
            None => error,
        }
    }

    fn what_happened(&self) -> &'static str {
        match self.kind {
            LmErrorKind::Connection if self.sent => "closed the connection before its answer",
            kind => what_happened(kind),
        }
    }

    fn general_advice(&self) -> Option<&'static str> {
        match self.kind {
            LmErrorKind::Connection if self.sent => {
                Some("look into the server's log, and at what is between it and this program")
            }
            kind => general_advice(kind),
        }
    }
}

impl From<reqwest::Error> for FailedAttempt {
    /// The connection could not be made, or it broke.
    fn from(error: reqwest::Error) -> Self {
        // The URL may contain a key.
        let error = error.without_url();
        let sent = !error.is_connect();
        let kind = if error.is_timeout() && sent {
            LmErrorKind::Timeout
        } else if error.is_body() || error.is_decode() {
            LmErrorKind::Protocol
        } else {
            LmErrorKind::Connection
        };
        let mut failed = Self::new(kind, innermost(&error));
        failed.sent = sent;
        failed.source = Some(error);
        failed
    }
}

impl From<UnsendableKey> for FailedAttempt {
    fn from(_: UnsendableKey) -> Self {
        Self::new(LmErrorKind::Auth, UnsendableKey::MESSAGE)
    }
}

/// The message of the innermost error: the outer ones only say that something was sent.
fn innermost(error: &dyn Error) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}

/// The class that a status has with every provider.
const fn kind_of_status(status: u16) -> LmErrorKind {
    match status {
        401 | 403 => LmErrorKind::Auth,
        402 => LmErrorKind::Quota,
        300..=399 | 404 => LmErrorKind::NotFound,
        408 | 504 | 522 | 524 => LmErrorKind::Timeout,
        413 => LmErrorKind::ContextTooLong,
        429 => LmErrorKind::RateLimited,
        409 | 425 | 500..=599 => LmErrorKind::Server,
        _ => LmErrorKind::InvalidRequest,
    }
}

/// What happened, in words that follow the model and the host.
const fn what_happened(kind: LmErrorKind) -> &'static str {
    match kind {
        LmErrorKind::RateLimited => "asks to slow down",
        LmErrorKind::Server => "failed",
        LmErrorKind::Timeout => "took too long",
        LmErrorKind::Auth => "refuses the key",
        LmErrorKind::NotFound => "was not found",
        LmErrorKind::ContextTooLong => "cannot hold the prompt",
        LmErrorKind::ContentPolicy => "refuses the content",
        LmErrorKind::Quota => "reports that the quota is used up",
        LmErrorKind::Connection => "cannot be reached",
        LmErrorKind::Protocol => "sent an answer that cannot be read",
        LmErrorKind::InvalidRequest | LmErrorKind::Unsupported | LmErrorKind::Model => {
            "refuses the request"
        }
    }
}

/// What to do about a failure of this class with any provider.
const fn general_advice(kind: LmErrorKind) -> Option<&'static str> {
    Some(match kind {
        LmErrorKind::Auth => "check the key, and that it belongs to this server",
        LmErrorKind::NotFound => "check the name of the model and the base URL",
        LmErrorKind::Quota => "add credit to the account, or use the key of another one",
        LmErrorKind::ContextTooLong => {
            "use fewer or shorter demos, a shorter input, or a model with a longer context"
        }
        LmErrorKind::RateLimited => "lower the concurrency of the run, or ask for a higher limit",
        LmErrorKind::Connection => "check the base URL, and that the server is running",
        LmErrorKind::Timeout => "set a longer `timeout`, or ask for a shorter reply",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_without_a_code_has_its_class() {
        use LmErrorKind::*;
        for (status, kind) in [
            (302, NotFound),
            (400, InvalidRequest),
            (401, Auth),
            (402, Quota),
            (403, Auth),
            (404, NotFound),
            (408, Timeout),
            (409, Server),
            (413, ContextTooLong),
            (422, InvalidRequest),
            (429, RateLimited),
            (500, Server),
            (504, Timeout),
            (529, Server),
        ] {
            assert_eq!(kind_of_status(status), kind, "{status}");
        }
    }

    #[test]
    fn the_providers_advice_replaces_the_general_one() {
        let failed = || FailedAttempt::refused(None, 404, ErrorBody::default(), None);
        let general = failed().into_error("m", "h", None, [].iter()).to_string();
        assert_eq!(
            general,
            "`m` at h was not found; check the name of the model and the base URL (HTTP 404)"
        );
        let own = failed().into_error("m", "h", Some("ask Bob"), [].iter());
        assert_eq!(
            own.to_string(),
            "`m` at h was not found; ask Bob (HTTP 404)"
        );
    }
}
