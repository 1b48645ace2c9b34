//! The key of a request, and the header that carries it.

use std::future::Future;
use std::sync::Arc;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

use crate::lm::chat_model::BoxFuture;
use crate::lm::error::{LmError, LmErrorKind};
use crate::lm::secret::Secret;

/// The header in which a provider expects the key.
#[derive(Clone, Debug)]
pub(in crate::lm) struct KeyHeader {
    /// The name, such as `authorization` or `x-api-key`.
    pub(in crate::lm) name: HeaderName,
    /// What precedes the key, such as `Bearer ` with its space.
    pub(in crate::lm) scheme: &'static str,
}

/// Where the key of each request comes from.
pub(in crate::lm) enum KeySource {
    /// There is no key.
    Absent,
    /// One key for all requests.
    Fixed(Secret),
    /// A function that is asked before each attempt.
    Asked(AskForKey),
}

pub(in crate::lm) type AskForKey =
    Arc<dyn Fn() -> BoxFuture<'static, Result<Secret, LmError>> + Send + Sync>;

impl KeySource {
    pub(in crate::lm) fn asked<F, Fut>(ask: F) -> Self
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<Secret, LmError>> + Send + 'static,
    {
        Self::Asked(Arc::new(move || Box::pin(ask())))
    }

    /// Whether it gives no key to any request.
    pub(super) const fn is_absent(&self) -> bool {
        match self {
            Self::Absent => true,
            Self::Fixed(key) => key.is_empty(),
            Self::Asked(_) => false,
        }
    }
}

impl KeyHeader {
    /// Adds the key to the headers. It is never shown in their `Debug`.
    ///
    /// # Errors
    ///
    /// Where the key contains characters that cannot be sent.
    pub(super) fn add(&self, key: &Secret, headers: &mut HeaderMap) -> Result<(), UnsendableKey> {
        let text = format!("{}{}", self.scheme, key.expose());
        let mut value = HeaderValue::from_str(&text).map_err(|_| UnsendableKey)?;
        value.set_sensitive(true);
        headers.insert(self.name.clone(), value);
        Ok(())
    }
}

/// A key that no HTTP header can carry.
#[derive(Debug)]
pub(super) struct UnsendableKey;

impl UnsendableKey {
    pub(super) const MESSAGE: &str = "the key contains characters that cannot be sent in an HTTP header; check where it comes from";
}

impl From<UnsendableKey> for LmError {
    fn from(_: UnsendableKey) -> Self {
        Self::new(LmErrorKind::Auth, UnsendableKey::MESSAGE)
    }
}
