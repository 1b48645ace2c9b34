//! Whose failure it is that a model did not answer.

use std::error::Error;

use crate::lm::{LmError, LmErrorKind};

/// The kind of the failed call to a model that led to this error, if one did. A step of a pipeline may
/// have wrapped it.
pub(super) fn model_failure(error: &(dyn Error + 'static)) -> Option<LmErrorKind> {
    let plain = error.downcast_ref::<LmError>();
    // A box is an error of a type of its own, and does not give its content as its source.
    let boxed = || error.downcast_ref::<Box<LmError>>().map(AsRef::as_ref);
    match plain.or_else(boxed) {
        Some(error) => Some(error.kind()),
        None => error.source().and_then(model_failure),
    }
}

/// Whether another program, with another request, could have had an answer at that moment.
pub(super) const fn depends_on_request(kind: LmErrorKind) -> bool {
    match kind {
        LmErrorKind::InvalidRequest
        | LmErrorKind::Unsupported
        | LmErrorKind::ContextTooLong
        | LmErrorKind::ContentPolicy => true,
        LmErrorKind::RateLimited
        | LmErrorKind::Server
        | LmErrorKind::Timeout
        | LmErrorKind::Connection
        | LmErrorKind::Protocol
        | LmErrorKind::NotAReply
        | LmErrorKind::Auth
        | LmErrorKind::NotFound
        | LmErrorKind::Quota
        | LmErrorKind::Model => false,
    }
}
