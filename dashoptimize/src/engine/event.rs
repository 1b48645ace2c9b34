//! What a run tells whoever watches it.

use std::fmt;
use std::time::Duration;

use crate::lm::{Budget, Spend};

/// Something that happened in a run. Observers see it; no decision depends on it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Event {
    /// The run begins, or goes on where an earlier sitting stopped.
    Started {
        /// Name of the optimizer.
        optimizer: String,
        /// Rows of the train, validation and hold-out parts.
        rows: [usize; 3],
        /// Calls that the journal of an earlier sitting already holds.
        replayed: u64,
        /// What may be spent.
        budget: Budget,
    },
    /// The evaluation of a candidate begins.
    Evaluating {
        /// The candidate; 0 is the program as given.
        candidate: u32,
        /// Where it comes from, in words.
        origin: String,
        /// Name of the part: `train`, `val` or `holdout`.
        part: &'static str,
        /// Rows to go through.
        rows: usize,
    },
    /// A rollout ended.
    Rollout {
        /// How many of the current batch have ended.
        done: usize,
        /// How many there are in the batch.
        of: usize,
        /// What was spent so far in all.
        spend: Spend,
    },
    /// An evaluation ended.
    Evaluated {
        /// The candidate.
        candidate: u32,
        /// Where it comes from, in words.
        origin: String,
        /// Name of the part.
        part: &'static str,
        /// What was measured, as [`Measured`](crate::evaluate::Measured) prints it.
        measured: String,
        /// Whether it is the best of the run so far.
        is_best: bool,
        /// What was spent so far in all.
        spend: Spend,
    },
    /// Something that a person should know, such as a budget that is used up.
    Note(String),
    /// The run ended.
    Finished {
        /// What was spent in all.
        spend: Spend,
        /// Time of work, earlier sittings included.
        elapsed: Duration,
    },
}

/// Someone who watches a run: a progress bar, a log, a test.
pub trait Observer: fmt::Debug + Send + Sync + 'static {
    /// Takes note of an event. It should return at once.
    fn notice(&self, event: &Event);
}
