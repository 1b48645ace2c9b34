//! When a failed call is tried again.

use std::time::Duration;

use super::LmError;

/// How often and after which waits a failed call is tried again.
#[derive(Clone, Debug, PartialEq)]
pub struct Retry {
    attempts: u32,
}

impl Retry {
    /// Four more attempts.
    pub const DEFAULT: Self = Self { attempts: 4 };

    /// How long to wait before the next attempt; `None` ends the attempts.
    #[must_use]
    pub fn wait(&self, attempt: u32, error: &LmError) -> Option<Duration> {
        let again = error.kind().is_transient() && attempt < self.attempts;
        again.then(|| {
            error
                .retry_after()
                .unwrap_or(Duration::from_millis(500 << attempt))
        })
    }
}
