//! The context that a call runs in.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Instant;

use super::event::{Listener, TraceEvent, Traced};
use super::position::TracePosition;
use super::record::Record;
use super::{CallError, Hints, TraceStep};
use crate::lm::{Gateway, Purpose, Spend};

/// The context that a program runs in: the gateway that its calls pass, what they are for, which sample
/// is drawn, and where the trace goes.
///
/// A module that makes several calls concurrently gives each of its parts a [`child`](Self::child), so
/// that the order of the trace does not depend on which of them ends first.
#[derive(Debug)]
pub struct Context<'a> {
    gateway: &'a Gateway,
    purpose: Purpose,
    candidate: u32,
    sample: u32,
    temperature: Option<f64>,
    second_try: bool,
    hints: Option<&'a Hints>,
    position: TracePosition<'a>,
    started: AtomicU32,
    record: RecordRef<'a>,
}

/// The record of a whole call, or of a [tentative](Context::tentative) part of it: owned by the first
/// context of that part, shared by all contexts inside it.
#[derive(Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "a call holds one record, which costs no allocation this way"
)]
enum RecordRef<'a> {
    Own(Record<'a>),
    Of(&'a Record<'a>),
}

impl<'a> Context<'a> {
    /// A context whose calls are [tasks](Purpose::Task) of the program as it is, sample 0,
    /// without a trace.
    #[must_use]
    pub const fn new(gateway: &'a Gateway) -> Self {
        Self {
            gateway,
            purpose: Purpose::Task,
            candidate: 0,
            sample: 0,
            temperature: None,
            second_try: false,
            hints: None,
            position: TracePosition::TOP,
            started: AtomicU32::new(0),
            record: RecordRef::Own(Record::new()),
        }
    }

    /// Says what the calls are for. Default [`Purpose::Task`].
    #[must_use]
    pub const fn with_purpose(mut self, purpose: Purpose) -> Self {
        self.purpose = purpose;
        self
    }

    /// Says which candidate of the run the calls are for. Default 0, the program as it was given.
    #[must_use]
    pub const fn with_candidate(mut self, candidate: u32) -> Self {
        self.candidate = candidate;
        self
    }

    /// Draws another sample of each reply; sample 1 is never a copy of sample 0. Default 0.
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

    /// Makes calls once more that the journal knows to have failed because of the provider.
    #[must_use]
    pub(crate) const fn with_second_try(mut self, second_try: bool) -> Self {
        self.second_try = second_try;
        self
    }

    pub(crate) const fn is_second_try(&self) -> bool {
        self.second_try
    }

    /// Gives predictors hints, in place of earlier ones. Default: none.
    #[must_use]
    pub const fn with_hints(mut self, hints: &'a Hints) -> Self {
        self.hints = Some(hints);
        self
    }

    /// Keeps a [`TraceStep`] of each call of a predictor; see [`take_trace`](Self::take_trace). By default
    /// none is kept.
    #[must_use]
    pub fn with_trace(mut self) -> Self {
        if let RecordRef::Own(record) = &mut self.record {
            record.keep_steps();
        }
        self
    }

    /// Reports each event to this listener while it happens. By default nobody listens.
    #[must_use]
    pub fn with_listener(mut self, listener: &'a dyn Listener) -> Self {
        if let RecordRef::Own(record) = &mut self.record {
            record.listener = Some(listener);
        }
        self
    }

    /// The context of part number `index` of what runs in this one. They share gateway, purpose, sample,
    /// temperature, trace and spend. The trace holds the parts in the order of their numbers.
    #[must_use]
    pub fn child(&self, index: u32) -> Context<'_> {
        Context {
            gateway: self.gateway,
            purpose: self.purpose,
            candidate: self.candidate,
            sample: self.sample,
            temperature: self.temperature,
            second_try: self.second_try,
            hints: self.hints,
            position: self.position.inside(index),
            started: AtomicU32::new(0),
            record: RecordRef::Of(self.record()),
        }
    }

    /// The context of attempt `index` of `attempts` at the same task: a [`child`](Self::child) that draws
    /// its own samples, so that no two attempts receive the same reply from a cache.
    #[must_use]
    pub fn attempt(&self, index: u32, attempts: u32) -> Context<'_> {
        let sample = self.sample.wrapping_mul(attempts).wrapping_add(index);
        self.child(index).with_sample(sample)
    }

    /// An [`attempt`](Self::attempt) whose steps do not enter the trace until [`keep`](Self::keep) is
    /// called, and are lost if the context is dropped. So the trace of a module that makes several
    /// attempts is the trace of the attempt that it chose. The cost of the attempt is counted, and
    /// listeners hear of it, in both cases.
    #[must_use]
    pub fn tentative(&self, index: u32, attempts: u32) -> Context<'_> {
        Context {
            record: RecordRef::Own(self.record().part()),
            ..self.attempt(index, attempts)
        }
    }

    /// Enters the steps of a [`tentative`](Self::tentative) attempt into the trace.
    pub fn keep(self) {
        if let RecordRef::Own(record) = self.record {
            record.release();
        }
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

    /// Which candidate of the run the calls are for; 0 is the program as given.
    #[must_use]
    pub const fn candidate(&self) -> u32 {
        self.candidate
    }

    /// Which sample of each reply is drawn.
    #[must_use]
    pub const fn sample(&self) -> u32 {
        self.sample
    }

    /// The temperature that overrides that of every predictor, if one is set.
    #[must_use]
    pub const fn temperature(&self) -> Option<f64> {
        self.temperature
    }

    /// What predictors are told besides their inputs, if anything.
    #[must_use]
    pub const fn hints(&self) -> Option<&'a Hints> {
        self.hints
    }

    /// The cost of the calls so far, failed attempts included. A call from a journal counts as when it was
    /// paid for, so the sum is the same in every attempt at a run. What was on its way when an earlier
    /// attempt at the run was interrupted is in the ledger alone.
    #[must_use]
    pub fn spend(&self) -> Spend {
        self.record().spend()
    }

    /// The steps so far, in the order of their parts (see [`child`](Self::child)); empty without
    /// [`with_trace`](Self::with_trace).
    ///
    /// The trace is the same in every run of a program that makes its calls one after the other, or
    /// that makes concurrent calls in contexts of their own, as every module here does.
    #[must_use]
    pub fn take_trace(self) -> Vec<TraceStep> {
        match self.record {
            RecordRef::Own(record) => record.into_steps(),
            RecordRef::Of(_) => Vec::new(),
        }
    }

    /// A copy of the steps so far, as [`take_trace`](Self::take_trace) gives them.
    pub(crate) fn steps(&self) -> Vec<TraceStep> {
        self.record().steps()
    }

    /// Reports an event to the listener. The event is made only if somebody listens.
    pub fn tell(&self, event: impl FnOnce() -> TraceEvent) {
        self.tell_at(&self.position, event);
    }

    fn tell_at(&self, position: &TracePosition<'_>, event: impl FnOnce() -> TraceEvent) {
        if let Some(listener) = self.record().listener {
            listener.on_event(&Traced::new(position.numbers(), event()));
        }
    }

    /// Starts a step. It has a position in the trace, and a clock if somebody looks at it.
    pub(crate) fn start_step(&self) -> StartedStep<'_> {
        let record = self.record();
        let is_seen = record.keeps_steps() || record.listener.is_some();
        StartedStep {
            context: self,
            index: self.started.fetch_add(1, Ordering::Relaxed),
            clock: is_seen.then(Instant::now),
        }
    }

    pub(crate) fn count(&self, spend: Spend) {
        self.record().add(spend);
    }

    /// Remembers a failed call if no other call of the run could succeed either.
    pub(crate) fn note(&self, error: &CallError) {
        if error.ends_the_run() {
            self.record().end_with(error);
        }
    }

    /// The first failed call after which no other call of the run could succeed. The program may have
    /// continued without it; then its output depends on where the budget ended.
    pub(crate) fn take_end(&self) -> Option<CallError> {
        self.record().take_end()
    }

    const fn record(&self) -> &Record<'a> {
        match &self.record {
            RecordRef::Own(record) => record,
            RecordRef::Of(record) => record,
        }
    }
}

/// A step of a predictor that has started.
pub(crate) struct StartedStep<'a> {
    context: &'a Context<'a>,
    index: u32,
    /// `None` if nobody looks at the step.
    clock: Option<Instant>,
}

impl StartedStep<'_> {
    /// Reports an event of the step.
    pub(crate) fn tell(&self, event: impl FnOnce() -> TraceEvent) {
        let position = self.context.position.inside(self.index);
        self.context.tell_at(&position, event);
    }

    /// Ends the step: it enters the trace, and listeners hear of it. The step is made only if somebody
    /// looks at it.
    pub(crate) fn end(self, step: impl FnOnce() -> TraceStep) {
        let Some(clock) = self.clock else {
            return;
        };
        let step = step().with_duration(clock.elapsed());
        let record = self.context.record();
        if record.keeps_steps() {
            self.tell(|| TraceEvent::PredictorEnded(Box::new(step.clone())));
            let position = self.context.position.inside(self.index).numbers();
            record.enter(position, step);
        } else {
            self.tell(|| TraceEvent::PredictorEnded(Box::new(step)));
        }
    }
}
