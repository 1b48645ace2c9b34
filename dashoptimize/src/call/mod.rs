//! What surrounds one call of a program: the [`Context`] that it runs in, the trace that it leaves, and
//! the [`CallError`] that it may end with.

mod context;
mod error;
mod hints;
mod place;
mod record;
mod trace;

pub use context::Context;
pub use error::CallError;
pub use hints::Hints;
pub use trace::{Listener, TraceEvent, TraceStep, Traced};
