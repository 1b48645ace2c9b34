//! Whose failure it is that a model did not answer.

use std::error::Error;
use std::sync::Arc;

use crate::call::CallError;
use crate::lm::{ChatError, LmError, LmErrorKind};

/// The kind of the failed call to a model that led to this error, if one did. A step of a pipeline may
/// have wrapped it.
pub(super) fn model_failure(error: &(dyn Error + 'static)) -> Option<LmErrorKind> {
    if let Some(error) = found::<LmError>(error) {
        return Some(error.kind());
    }
    if let Some(ChatError::Lm(error)) = found(error) {
        return Some(error.kind());
    }
    let call = found::<CallError>(error);
    let cause = call.map_or_else(|| error.source(), CallError::cause);
    cause.and_then(model_failure)
}

/// The error as one of this type. A box is an error of a type of its own, and does not give its content as its
/// source.
fn found<'e, E: Error + 'static>(error: &'e (dyn Error + 'static)) -> Option<&'e E> {
    let boxed = || error.downcast_ref::<Box<E>>().map(AsRef::as_ref);
    let shared = || error.downcast_ref::<Arc<E>>().map(AsRef::as_ref);
    error.downcast_ref().or_else(boxed).or_else(shared)
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
