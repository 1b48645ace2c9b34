//! The one engine: run folder, budget, scheduling, seeds, stop reasons, events.
//!
//! An [`Optimizer`] decides; everything else happens here. It asks the
//! [`Study`] for rollouts and evaluations, and the study schedules them, keeps their results in the
//! order of the examples, and stops when the [`Budget`](crate::lm::Budget) is used up.

mod candidate;
mod evaluate;
mod evaluation;
mod evaluator;
mod event;
mod folder;
mod log;
mod manifest;
mod optimized;
mod rollout;
mod run;
mod schedule;
mod search;
mod session;
mod stage;
mod stop;
mod study;

pub use candidate::{Candidate, Sources};
pub use evaluation::{Evaluation, Part};
pub use event::{Event, Observer};
pub use folder::FolderError;
pub use optimized::{OptimizeError, Optimized, Report, Tried};
pub use rollout::{Job, Rollout};
pub use run::{Install, Run};
pub use search::{Optimizer, Search};
pub use stage::StageReport;
pub use stop::{Ended, Stop};
pub use study::Study;

pub use crate::random::SeededRng;

pub(crate) use session::optimize;
