//! What surrounds one call of a program: the [`Context`] that it runs in, the trace that it leaves, the
//! [events](TraceEvent) that it reports, and the [`CallError`] that it may end with.

mod bounds;
mod calls_per_run;
mod context;
mod error;
mod event;
mod hints;
mod position;
mod record;
mod step;
mod unanswered;

pub use bounds::Bounds;
pub use calls_per_run::CallsPerRun;
pub use context::Context;
pub(crate) use context::StartedStep;
pub use error::CallError;
pub use event::{CallPart, Listener, PartKind, PartOutcome, TraceEvent, Traced};
pub use hints::Hints;
pub use step::TraceStep;
pub use unanswered::Unanswered;
