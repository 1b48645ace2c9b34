//! Values that go from one step of a pipeline to others.

use std::fmt;
use std::future::poll_fn;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::task::{Poll, Waker};

/// What the steps of a pipeline hand to each other.
#[diagnostic::on_unimplemented(
    message = "a step cannot come to a `{Self}`",
    label = "other steps cannot be given this value",
    note = "the value of a step must be `Clone + Send + Sync`"
)]
pub trait StepValue: Clone + Send + Sync {}

#[diagnostic::do_not_recommend]
impl<T: Clone + Send + Sync> StepValue for T {}

/// A value that will be there when its step has ended.
pub struct Slot<T> {
    value: OnceLock<T>,
    waiting: Mutex<Vec<Waker>>,
}

const NO_VALUE: &str = "bug in dashoptimize: a step ended without a value; please report it";

impl<T> Slot<T> {
    /// An empty slot.
    #[expect(
        clippy::new_without_default,
        reason = "a slot is made in expansions only"
    )]
    #[must_use]
    pub const fn new() -> Self {
        Self {
            value: OnceLock::new(),
            waiting: Mutex::new(Vec::new()),
        }
    }

    /// Fills the slot and wakes whoever waits for it. Only the first value counts.
    pub fn put(&self, value: T) {
        let mut waiting = self.waiting();
        if self.value.set(value).is_ok() {
            waiting.drain(..).for_each(Waker::wake);
        }
    }

    /// Waits for the value.
    pub async fn get(&self) -> &T {
        poll_fn(|context| self.poll(context.waker())).await
    }

    fn poll(&self, waker: &Waker) -> Poll<&T> {
        if let Some(value) = self.value.get() {
            return Poll::Ready(value);
        }
        let mut waiting = self.waiting();
        // It may have been filled in between.
        match self.value.get() {
            Some(value) => Poll::Ready(value),
            None => {
                if !waiting.iter().any(|known| known.will_wake(waker)) {
                    waiting.push(waker.clone());
                }
                Poll::Pending
            }
        }
    }

    /// The value, where the step that fills the slot has ended.
    ///
    /// # Panics
    ///
    /// Where it has not: a mistake in the macro.
    pub fn here(&self) -> &T {
        self.value.get().expect(NO_VALUE)
    }

    /// The value itself.
    ///
    /// # Panics
    ///
    /// As [`here`](Self::here).
    pub fn into_inner(self) -> T {
        self.value.into_inner().expect(NO_VALUE)
    }

    fn waiting(&self) -> MutexGuard<'_, Vec<Waker>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> fmt::Debug for Slot<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Slot")
            .field("filled", &self.value.get().is_some())
            .finish()
    }
}
