//! The output of a pipeline that is returned from a loop.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

/// The output, once it is there. A copy is the same output, so that the output itself need not be copied.
pub struct Returned<T>(Option<Arc<Mutex<Option<T>>>>);

impl<T> Returned<T> {
    /// No output.
    #[must_use]
    pub const fn not_yet() -> Self {
        Self(None)
    }

    /// This output.
    pub fn with(output: T) -> Self {
        Self(Some(Arc::new(Mutex::new(Some(output)))))
    }

    /// The output that was returned in place of a value.
    ///
    /// # Panics
    ///
    /// If there is a value.
    #[must_use]
    pub fn of<V>(way: Result<V, Self>) -> T {
        let returned = way.err().expect("this is called where there is no value");
        returned.output()
    }

    /// Whether there is one.
    #[must_use]
    pub const fn is_there(&self) -> bool {
        self.0.is_some()
    }

    /// The output, which is taken once.
    ///
    /// # Panics
    ///
    /// If there is none.
    #[must_use]
    pub fn output(self) -> T {
        let shared = self.0.expect("it is there where this is called");
        let mut held = shared.lock().unwrap_or_else(PoisonError::into_inner);
        held.take().expect("it is taken once")
    }
}

impl<T> Clone for Returned<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T> fmt::Debug for Returned<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Returned").field(&self.is_there()).finish()
    }
}
