//! What happens in a call: kept as a trace, or told while it happens.

use std::fmt;

use serde_json::{Map, Value};

use crate::adapter::Receipt;
use crate::lm::Usage;

/// One call of a predictor, as a trace keeps it.
#[derive(Clone, Debug, PartialEq)]
pub struct TraceStep {
    /// Path of the predictor.
    pub predictor: String,
    /// What it was given.
    pub inputs: Map<String, Value>,
    /// What it produced.
    pub outputs: Map<String, Value>,
    /// What had to be set right to read the reply.
    pub receipt: Receipt,
    /// Tokens, where the provider says.
    pub usage: Option<Usage>,
}

/// Something that happened in a call, and where.
#[derive(Clone, Debug, PartialEq)]
pub struct Traced {
    /// Numbers of the parts that it happened in, outermost first. Events of parts that run at once
    /// come in the order in which they happen; the places tell them apart.
    pub place: Vec<u32>,
    /// What happened.
    pub event: TraceEvent,
}

/// Something that happened in a call.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum TraceEvent {
    /// A predictor asks its model.
    Started {
        /// Path of the predictor.
        predictor: String,
    },
    /// A predictor has its outputs.
    Ended(TraceStep),
    /// A predictor failed.
    Failed {
        /// Path of the predictor.
        predictor: String,
        /// Why, in words.
        error: String,
    },
    /// A module did something else: used a tool, ran code, looked something up, scored an attempt.
    Step {
        /// What was done, such as `tool`, `observation`, `code`, `attempt`.
        what: &'static str,
        /// On what, such as the name of the tool.
        name: String,
        /// The text that belongs to it, such as arguments or the observation.
        text: String,
    },
}

/// Someone who is told what happens in a call while it happens. Any `Fn(&Traced)` is one.
pub trait Listener: Send + Sync {
    /// Takes note of an event. It should return at once: the call waits for it.
    fn notice(&self, traced: &Traced);
}

impl<F: Fn(&Traced) + Send + Sync> Listener for F {
    fn notice(&self, traced: &Traced) {
        self(traced);
    }
}

impl fmt::Debug for dyn Listener + '_ {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Listener")
    }
}
