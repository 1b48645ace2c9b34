//! A failed attempt: its class, and what the user is told.

use std::error::Error;
use std::time::Duration;

use super::error_body::{ErrorBody, excerpt};
use super::key::UnsendableKey;
use crate::lm::error::{FailureCost, LmError, LmErrorKind};

/// What went wrong, before it is put into words and secrets are removed.
pub(super) struct FailedAttempt {
    pub(super) kind: LmErrorKind,
    pub(super) error: ErrorBody,
    status: Option<u16>,
    retry_after: Option<Duration>,
    /// What the attempt is billed, where its kind does not tell.
    cost: Option<FailureCost>,
    /// Whether the connection was made, so that the request may have been sent.
    sent: bool,
}

impl FailedAttempt {
    pub(super) fn new(kind: LmErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            error: ErrorBody::from_message(message),
            status: None,
            retry_after: None,
            cost: None,
            sent: true,
        }
    }

    /// The server answered that it did not do it.
    pub(super) fn refused(kind: LmErrorKind, status: Option<u16>, error: ErrorBody) -> Self {
        Self {
            kind,
            error,
            status,
            retry_after: None,
            cost: None,
            sent: true,
        }
    }

    /// Sets how long the server asks to wait.
    pub(super) const fn after(mut self, wait: Option<Duration>) -> Self {
        self.retry_after = wait;
        self
    }

    /// Sets what the attempt is billed, if the body of the response tells. Default: as its kind tells.
    pub(super) const fn costing(mut self, cost: Option<FailureCost>) -> Self {
        self.cost = cost;
        self
    }

    /// Says which model, where, what happened and what to do about it. Of the server's words, secrets are
    /// removed before anything is cut.
    pub(super) fn into_error(
        self,
        model: &str,
        host: &str,
        advice: Option<&'static str>,
        without_secrets: impl Fn(&str) -> String,
    ) -> LmError {
        let mut message = format!("`{model}` at {host} {}", self.what_happened());
        let words = excerpt(&without_secrets(&self.error.message));
        if !words.is_empty() {
            message.push_str(": ");
            message.push_str(&words);
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
        if let Some(cost) = self.cost.or((!self.sent).then_some(FailureCost::NotSent)) {
            error = error.with_cost(cost);
        }
        error
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
pub(super) const fn kind_of_status(status: u16) -> LmErrorKind {
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

/// The class that words have with every provider, for a failure without a status.
pub(super) fn kind_of_words(error: &ErrorBody) -> Option<LmErrorKind> {
    const CLASSES: [(LmErrorKind, &[&str]); 6] = [
        (
            LmErrorKind::Quota,
            &[
                "insufficient balance",
                "insufficient_balance",
                "insufficient quota",
                "insufficient_quota",
                "insufficient credit",
                "insufficient fund",
                "out of credit",
                "billing",
            ],
        ),
        (
            LmErrorKind::RateLimited,
            &[
                "rate limit",
                "rate_limit",
                "ratelimit",
                "too many requests",
                "resource_exhausted",
                "throttl",
                "slow down",
            ],
        ),
        (
            LmErrorKind::Auth,
            &[
                "unauthorized",
                "authenticat",
                "invalid api key",
                "invalid_api_key",
                "incorrect api key",
                "permission_denied",
                "forbidden",
            ],
        ),
        (LmErrorKind::Timeout, &["timed out", "timeout"]),
        (
            LmErrorKind::Server,
            &[
                "overload",
                "server_error",
                "server error",
                "internal error",
                "internal_error",
                "unavailable",
                "at capacity",
                "over capacity",
                "busy",
                "try again",
                "bad gateway",
                "upstream",
            ],
        ),
        (
            LmErrorKind::InvalidRequest,
            &[
                "invalid_request",
                "invalid request",
                "invalid_argument",
                "badrequest",
                "bad request",
            ],
        ),
    ];
    let said = |words: &&[&str]| error.has_code(words) || error.has_words(words);
    let class = CLASSES.iter().find(|(_, words)| said(words));
    class.map(|(kind, _)| *kind)
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
        LmErrorKind::NotAReply => "sent an answer that is not a reply",
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
        LmErrorKind::NotAReply => {
            "check the base URL: it may lead to a web page, or to another interface of the server"
        }
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
    fn words_without_a_status_have_a_class() {
        use LmErrorKind::*;
        for (words, kind) in [
            ("Insufficient balance", Some(Quota)),
            ("Rate limit reached, try again", Some(RateLimited)),
            ("Unauthorized", Some(Auth)),
            ("upstream request timeout", Some(Timeout)),
            ("The engine is currently overloaded", Some(Server)),
            ("Bad Request", Some(InvalidRequest)),
            ("field required", None),
        ] {
            let error = ErrorBody::from_message(words);
            assert_eq!(kind_of_words(&error), kind, "{words}");
        }
    }

    #[test]
    fn the_providers_advice_replaces_the_general_one() {
        let error = ErrorBody::default;
        let failed = || FailedAttempt::refused(LmErrorKind::NotFound, Some(404), error());
        let general = failed()
            .into_error("m", "h", None, str::to_owned)
            .to_string();
        assert_eq!(
            general,
            "`m` at h was not found; check the name of the model and the base URL (HTTP 404)"
        );
        let own = failed().into_error("m", "h", Some("ask Bob"), str::to_owned);
        assert_eq!(
            own.to_string(),
            "`m` at h was not found; ask Bob (HTTP 404)"
        );
    }
}
