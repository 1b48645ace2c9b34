//! The one engine: run folder, budget, scheduling, seeds, stop reasons, events.

mod event;

pub use event::{Event, Observer};
