//! What happens in a call, reported while it happens.

use std::fmt;

use serde_json::{Map, Value};

use super::TraceStep;
use crate::retrieve::Passage;

/// An event, and where in the call it happened.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Traced {
    /// The numbers of the parts of the call that it happened in, outermost first. Events of parts that
    /// run concurrently are reported in the order in which they happen; their positions tell them apart.
    /// An event that ends something has the position of the event that started it.
    pub position: Vec<u32>,
    /// What happened.
    pub event: TraceEvent,
}

impl Traced {
    /// An event at this position.
    #[must_use]
    pub const fn new(position: Vec<u32>, event: TraceEvent) -> Self {
        Self { position, event }
    }
}

/// Something that happened in a call.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum TraceEvent {
    /// A predictor starts its step.
    #[non_exhaustive]
    PredictorStarted {
        /// Path of the predictor.
        predictor: String,
        /// The inputs of the step.
        inputs: Map<String, Value>,
    },
    /// A predictor chose the demos that it shows for these inputs.
    #[non_exhaustive]
    DemosPicked {
        /// Path of the predictor.
        predictor: String,
        /// The demos, by index in the state, in the order in which they are shown.
        demos: Vec<usize>,
    },
    /// A predictor ended its step: it has outputs, or it failed.
    PredictorEnded(Box<TraceStep>),
    /// A reply calls tools in its text, although the request carries tools that the provider should have
    /// read calls of.
    #[non_exhaustive]
    CalledInText {
        /// Path of the predictor.
        predictor: String,
        /// How many calls are run; or, if none is, what the model is told.
        calls: Result<usize, String>,
    },
    /// An agent calls a tool.
    #[non_exhaustive]
    ToolStarted {
        /// Name of the tool, as the model wrote it.
        tool: String,
        /// The arguments, as the model wrote them.
        arguments: Value,
    },
    /// A tool ended.
    #[non_exhaustive]
    ToolEnded {
        /// Name of the tool, as the model wrote it.
        tool: String,
        /// The result; or what went wrong, in the words that the model is shown.
        result: Result<String, String>,
    },
    /// Code of a model is run.
    #[non_exhaustive]
    CodeStarted {
        /// Path of the module.
        module: String,
        /// The code, as it was found in the reply.
        code: String,
    },
    /// Code of a model ended.
    #[non_exhaustive]
    CodeEnded {
        /// Path of the module.
        module: String,
        /// What was printed, and the value; or what went wrong, both in the words that the model is
        /// shown.
        output: Result<String, String>,
    },
    /// Passages are looked up.
    #[non_exhaustive]
    RetrievalStarted {
        /// Path of the module.
        module: String,
        /// The text to look for.
        query: String,
    },
    /// Passages were looked up.
    #[non_exhaustive]
    RetrievalEnded {
        /// Path of the module.
        module: String,
        /// The passages, best first; or what went wrong.
        passages: Result<Vec<Passage>, String>,
    },
    /// One of several parts of the same kind starts.
    PartStarted(CallPart),
    /// One of several parts of the same kind ended.
    PartEnded(CallPart, PartOutcome),
    /// A model advised a predictor on what to do differently in the next attempt.
    #[non_exhaustive]
    Advised {
        /// Path of the predictor.
        predictor: String,
        /// The advice.
        advice: String,
    },
    /// An alternative of a fallback failed, and the next one is tried.
    #[non_exhaustive]
    FellBack {
        /// Path of the step.
        step: String,
        /// Why the alternative failed.
        error: String,
    },
}

/// One of several parts of a call that do the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CallPart {
    /// What the part is.
    pub kind: PartKind,
    /// Its number, from 0.
    pub index: u32,
    /// How many parts there are at most.
    pub of: u32,
}

impl CallPart {
    /// Part `index` of `of` parts.
    #[must_use]
    pub const fn new(kind: PartKind, index: u32, of: u32) -> Self {
        Self { kind, index, of }
    }
}

/// What a [`CallPart`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PartKind {
    /// An attempt at the same task, as [`BestOfN`](crate::module::BestOfN) makes several.
    Attempt,
    /// A member of an [`Ensemble`](crate::module::Ensemble).
    Member,
    /// An input of [`Parallel`](crate::module::Parallel).
    Item,
}

/// How a [`CallPart`] ended.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum PartOutcome {
    /// It has an output.
    Answered,
    /// It has an output with a score.
    #[non_exhaustive]
    Scored {
        /// The score.
        score: f64,
        /// Why, if the reward says so.
        feedback: Option<String>,
    },
    /// It has an output that votes for this value; `None` does not vote.
    Voted(Option<Value>),
    /// It failed, for this reason.
    Failed(String),
}

impl PartOutcome {
    /// An output with this score.
    #[must_use]
    pub const fn scored(score: f64, feedback: Option<String>) -> Self {
        Self::Scored { score, feedback }
    }
}

/// Hears of the events of a call while they happen. Any `Fn(&Traced)` is a listener.
pub trait Listener: Send + Sync {
    /// Receives an event. It should return quickly: the call waits for it.
    fn on_event(&self, traced: &Traced);
}

impl<F: Fn(&Traced) + Send + Sync> Listener for F {
    fn on_event(&self, traced: &Traced) {
        self(traced);
    }
}

impl fmt::Debug for dyn Listener + '_ {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Listener")
    }
}
