//! What a call runs inside of.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use serde_json::{Map, Value};

use super::CallError;
use crate::adapter::Receipt;
use crate::lm::{Gateway, ModelInfo, Purpose, Spend, Usage};

/// What a program is called inside of: the gateway that its calls pass, who they are for, which
/// sample is drawn, and where the trace goes.
#[derive(Debug)]
pub struct Context<'a> {
    gateway: &'a Gateway,
    purpose: Purpose,
    candidate: u32,
    sample: u32,
    temperature: Option<f64>,
    begun: AtomicUsize,
    /// Each step with the number of calls that were begun before it.
    trace: Option<Mutex<Vec<(usize, TraceStep)>>>,
    spend: Mutex<Spend>,
    end: Mutex<Option<CallError>>,
}

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

impl<'a> Context<'a> {
    /// A context whose calls are [tasks](Purpose::Task) of the program as it stands, sample 0,
    /// without a trace.
    #[must_use]
    pub const fn new(gateway: &'a Gateway) -> Self {
        Self {
            gateway,
            purpose: Purpose::Task,
            candidate: 0,
            sample: 0,
            temperature: None,
            begun: AtomicUsize::new(0),
            trace: None,
            spend: Mutex::new(Spend::NOTHING),
            end: Mutex::new(None),
        }
    }

    /// Says what the calls are for. Default [`Purpose::Task`].
    #[must_use]
    pub const fn with_purpose(mut self, purpose: Purpose) -> Self {
        self.purpose = purpose;
        self
    }

    /// Says for which candidate of the run the calls are. Default 0, the program as it was given.
    #[must_use]
    pub const fn with_candidate(mut self, candidate: u32) -> Self {
        self.candidate = candidate;
        self
    }

    /// Draws another sample of each reply: sample 1 is never a copy of sample 0. Default 0.
    #[must_use]
    pub const fn with_sample(mut self, sample: u32) -> Self {
        self.sample = sample;
        self
    }

    /// Overrides the temperature of every predictor. Default: each keeps its own.
    #[must_use]
    pub const fn with_temperature(mut self, temperature: f64) -> Self {
        self.temperature = Some(temperature);
        self
    }

    /// Keeps a [`TraceStep`] of each call; see [`take_trace`](Self::take_trace). By default none
    /// is kept.
    #[must_use]
    pub fn with_trace(mut self) -> Self {
        self.trace = Some(Mutex::default());
        self
    }

    /// The gateway that calls pass.
    #[must_use]
    pub const fn gateway(&self) -> &'a Gateway {
        self.gateway
    }

    /// What the calls are for.
    #[must_use]
    pub const fn purpose(&self) -> Purpose {
        self.purpose
    }

    /// For which candidate of the run the calls are; 0 is the program as given.
    #[must_use]
    pub const fn candidate(&self) -> u32 {
        self.candidate
    }

    /// Which sample of each reply is drawn.
    #[must_use]
    pub const fn sample(&self) -> u32 {
        self.sample
    }

    /// The temperature that overrides every predictor's, if one does.
    #[must_use]
    pub const fn temperature(&self) -> Option<f64> {
        self.temperature
    }

    /// What the calls so far cost. A reply from a journal counts as when it was paid for, so that the
    /// sum is the same in every sitting of a run.
    #[must_use]
    pub fn spend(&self) -> Spend {
        *self.spend.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn count(&self, model: &ModelInfo, usage: Option<Usage>) {
        let mut spend = self.spend.lock().unwrap_or_else(PoisonError::into_inner);
        *spend += Spend::of_reply(model, usage);
    }

    /// The steps so far, in the order in which their calls were begun; empty without
    /// [`with_trace`](Self::with_trace).
    ///
    /// It is the same in every run for a program that makes its calls one after the other, and for
    /// one that begins several at once (`join_all`): which of them ends first does not matter.
    #[must_use]
    pub fn take_trace(self) -> Vec<TraceStep> {
        let Some(steps) = self.trace else {
            return Vec::new();
        };
        let mut steps = steps.into_inner().unwrap_or_else(PoisonError::into_inner);
        steps.sort_by_key(|(place, _)| *place);
        steps.into_iter().map(|(_, step)| step).collect()
    }

    /// The place in the trace of a call that begins.
    pub(super) fn begin(&self) -> usize {
        self.begun.fetch_add(1, Ordering::Relaxed)
    }

    /// Adds a step, made only where somebody keeps it.
    pub(super) fn trace(&self, place: usize, step: impl FnOnce() -> TraceStep) {
        if let Some(steps) = &self.trace {
            let step = step();
            steps
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push((place, step));
        }
    }

    /// Takes note of a failed call, where no call of the run could fare better.
    pub(super) fn note(&self, error: &CallError) {
        let ends = match error {
            CallError::Refused { .. } | CallError::Journal { .. } => true,
            CallError::Lm { source, .. } => source.kind().is_fatal(),
            CallError::Parse { .. } | CallError::Program { .. } => false,
        };
        if ends {
            let mut end = self.end.lock().unwrap_or_else(PoisonError::into_inner);
            end.get_or_insert_with(|| error.clone());
        }
    }

    /// The first failed call after which no call of the run could fare better. The program may have
    /// gone on without it; what it then came to depends on where the budget ended.
    pub(crate) fn take_end(&self) -> Option<CallError> {
        let mut end = self.end.lock().unwrap_or_else(PoisonError::into_inner);
        end.take()
    }
}
