//! What one provider adds to HTTP.

use super::error_body::ErrorBody;
use crate::lm::error::{FailureCost, LmError, LmErrorKind};
use crate::lm::reply::ChatReply;
use crate::lm::request::ChatRequest;

/// How a provider writes a request, reads a reply and explains a failure.
pub(in crate::lm) trait Protocol: Send + Sync + 'static {
    /// Headers of every request, in lower case, that are no secret, such as the version of the protocol.
    /// The content type is set already.
    const HEADERS: &'static [(&'static str, &'static str)] = &[];

    /// The JSON body of a request.
    ///
    /// # Errors
    ///
    /// Where the request contains something that the provider cannot be sent.
    fn encode(&self, request: &ChatRequest) -> Result<Vec<u8>, LmError>;

    /// Reads the body of a response whose status says success.
    ///
    /// # Errors
    ///
    /// Where the body is not a reply.
    fn decode(&self, body: &[u8]) -> Result<ChatReply, NotAReply>;

    /// The class of a failure, where the provider's own codes or words say more than the HTTP status.
    /// `None` leaves the class to the status, or to words that all providers use where there is no status.
    fn classify(&self, status: Option<u16>, error: &ErrorBody) -> Option<LmErrorKind>;

    /// What the user can do about a failure, where there is better advice than the general one.
    fn advice(&self, kind: LmErrorKind, error: &ErrorBody) -> Option<&'static str>;
}

/// Why a body is not a reply.
#[derive(Debug)]
pub(in crate::lm) enum NotAReply {
    /// It is damaged or lacks something, so that another attempt can help; says what is wrong.
    Damaged(String, Option<FailureCost>),
    /// It is whole and something else than a reply; says what.
    Foreign(String),
    /// It describes a failure, although the status says success. Some proxies answer like this.
    Failure {
        error: ErrorBody,
        /// The class where neither a status nor words in the body tell it.
        otherwise: LmErrorKind,
        /// What it is billed, if the body tells.
        cost: Option<FailureCost>,
    },
}
