//! Values that go from one step of a pipeline to others.

use std::any::Any;
use std::fmt;
use std::future::poll_fn;
use std::marker::PhantomData;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::task::{Poll, Waker};

/// A value that a step of a pipeline can evaluate to.
#[diagnostic::on_unimplemented(
    message = "a step cannot evaluate to a `{Self}`",
    label = "other steps cannot be given this value",
    note = "the value of a step must be `Clone + Send + Sync`"
)]
pub trait StepValue: Send + Sync + 'static {}

#[diagnostic::do_not_recommend]
impl<T: Send + Sync + 'static> StepValue for T {}

/// A value on its way into a slot.
#[derive(Debug)]
pub struct SlotValue<T> {
    value: Boxed,
    of: PhantomData<fn() -> T>,
}

/// Prepares a value for a slot. rustc shows the line with the bound where a value is borrowed.
pub fn slot_value<T>(value: T) -> SlotValue<T>
where
    T: StepValue, // a step owns its value; write `.to_owned()`, `.clone()` or `.collect()` behind what it borrows
{
    SlotValue {
        value: Box::new(value),
        of: PhantomData,
    }
}

/// A value of any type.
pub(crate) type Boxed = Box<dyn Any + Send + Sync>;

/// A value that will be there when its step has ended. The cell does everything that does not depend on
/// the type, so that it is compiled here and not once more for each type.
pub struct Slot<T> {
    cell: SlotCell,
    value: PhantomData<fn() -> T>,
}

const NO_VALUE: &str = "bug in dashoptimize: a step ended without a value; please report it";

// A value that cannot be shared is rejected where its `SlotValue` is made.
impl<T: 'static> Slot<T> {
    /// Fills the slot and wakes everyone who waits for it. Only the first value counts.
    pub fn put(&self, value: SlotValue<T>) {
        self.cell.put(value.value);
    }

    /// Waits for the value.
    pub async fn get(&self) -> &T {
        poll_fn(|context| self.cell.poll(context.waker())).await;
        self.here()
    }

    /// The value, once the step that fills the slot has ended.
    ///
    /// # Panics
    ///
    /// If the step has not ended, which would be a mistake in the macro.
    pub fn here(&self) -> &T {
        self.cell.here().downcast_ref().expect(NO_VALUE)
    }

    /// Takes the value out.
    ///
    /// # Panics
    ///
    /// As [`here`](Self::here).
    pub fn into_inner(self) -> T {
        *self.cell.into_inner().downcast().expect(NO_VALUE)
    }
}

impl<T> Slot<T> {
    /// An empty slot.
    #[expect(
        clippy::new_without_default,
        reason = "a slot is made in expansions only"
    )]
    #[must_use]
    pub const fn new() -> Self {
        Self {
            cell: SlotCell::new(),
            value: PhantomData,
        }
    }

    /// For code below the types that fills the slot with a `T`.
    pub(crate) const fn cell(&self) -> &SlotCell {
        &self.cell
    }
}

/// A slot below its type.
pub(crate) struct SlotCell {
    value: OnceLock<Boxed>,
    waiting: Mutex<Vec<Waker>>,
}

impl SlotCell {
    const fn new() -> Self {
        Self {
            value: OnceLock::new(),
            waiting: Mutex::new(Vec::new()),
        }
    }

    /// As [`Slot::put`].
    pub(crate) fn put(&self, value: Boxed) {
        let mut waiting = self.waiting();
        if self.value.set(value).is_ok() {
            waiting.drain(..).for_each(Waker::wake);
        }
    }

    fn poll(&self, waker: &Waker) -> Poll<()> {
        if self.value.get().is_some() {
            return Poll::Ready(());
        }
        let mut waiting = self.waiting();
        // It may have been filled in between.
        if self.value.get().is_some() {
            return Poll::Ready(());
        }
        if !waiting.iter().any(|known| known.will_wake(waker)) {
            waiting.push(waker.clone());
        }
        Poll::Pending
    }

    fn here(&self) -> &(dyn Any + Send + Sync) {
        &**self.value.get().expect(NO_VALUE)
    }

    fn into_inner(self) -> Boxed {
        self.value.into_inner().expect(NO_VALUE)
    }

    fn waiting(&self) -> MutexGuard<'_, Vec<Waker>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> fmt::Debug for Slot<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Slot")
            .field("filled", &self.cell.value.get().is_some())
            .finish()
    }
}
