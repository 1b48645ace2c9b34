//! `ToolError`: why a tool failed.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use crate::error_text::{debug_is_message, with_causes};

/// The error of a tool. The `?` operator converts any error into it; [`new`](Self::new) makes one from a
/// message.
///
/// Because every [`Error`] can be converted, it does not implement [`Error`] itself; it can be converted
/// into a `Box<dyn Error + Send + Sync>`.
///
/// Its text is the whole chain of causes, because the model sees it and may find another solution.
///
/// ```
/// use dashoptimize::tool::ToolError;
///
/// fn age(text: &str) -> Result<u8, ToolError> {
///     let years = text.parse::<i32>()?;
///     u8::try_from(years).map_err(|_| ToolError::new("nobody is that old"))
/// }
///
/// assert_eq!(age("300").unwrap_err().to_string(), "nobody is that old");
/// assert_eq!(age("old").unwrap_err().to_string(), "invalid digit found in string");
/// ```
#[derive(Clone)]
pub struct ToolError {
    cause: Arc<dyn Error + Send + Sync>,
}

impl ToolError {
    /// An error with this message.
    pub fn new(message: impl Into<String>) -> Self {
        Self::from_boxed(message.into().into())
    }

    /// The error that the tool returned.
    #[must_use]
    pub fn cause(&self) -> &(dyn Error + Send + Sync + 'static) {
        &*self.cause
    }

    pub(crate) fn from_boxed(cause: Box<dyn Error + Send + Sync>) -> Self {
        Self {
            cause: cause.into(),
        }
    }
}

impl<E: Error + Send + Sync + 'static> From<E> for ToolError {
    fn from(cause: E) -> Self {
        Self::from_boxed(Box::new(cause))
    }
}

impl From<ToolError> for Box<dyn Error + Send + Sync> {
    fn from(error: ToolError) -> Self {
        Box::new(AsStdError(error))
    }
}

/// A [`ToolError`] as an [`Error`].
struct AsStdError(ToolError);

impl fmt::Display for AsStdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl Error for AsStdError {}

/// The error and its causes, each said once.
impl fmt::Display for ToolError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&with_causes(&*self.cause))
    }
}

debug_is_message!(ToolError, AsStdError);

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("the index cannot be read")]
    struct BadIndex(#[source] std::io::Error);

    #[derive(Debug, thiserror::Error)]
    #[error("search: {0}")]
    struct SearchFailed(#[source] BadIndex);

    fn failed() -> ToolError {
        SearchFailed(BadIndex(std::io::Error::other("no such disk"))).into()
    }

    #[test]
    fn every_cause_is_shown_once() {
        assert_eq!(
            failed().to_string(),
            "search: the index cannot be read: no such disk"
        );
    }

    #[test]
    fn the_cause_can_be_downcast() {
        assert!(failed().cause().downcast_ref::<SearchFailed>().is_some());
        let boxed: Box<dyn Error + Send + Sync> = failed().into();
        assert_eq!(boxed.to_string(), failed().to_string());
    }
}
