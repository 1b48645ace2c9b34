//! What a call runs inside of.

use std::sync::atomic::{AtomicU32, Ordering};

use super::place::Place;
use super::record::Record;
use super::{CallError, Hints, Listener, TraceEvent, TraceStep, Traced};
use crate::lm::{Gateway, ModelInfo, Purpose, Spend, Usage};

/// What a program is called inside of: the gateway that its calls pass, who they are for, which
/// sample is drawn, and where the trace goes.
///
/// A module that makes several calls at once gives each of its parts a [`child`](Self::child), so
/// that the trace has the same order whichever of them ends first.
#[derive(Debug)]
pub struct Context<'a> {
    gateway: &'a Gateway,
    purpose: Purpose,
    candidate: u32,
    sample: u32,
    temperature: Option<f64>,
    hints: Option<&'a Hints>,
    place: Place<'a>,
    begun: AtomicU32,
    record: Shared<'a>,
}

/// The record of a whole call, or of a [trial](Context::trial): held by its first context, shared by
/// all below it.
#[derive(Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "a call holds one record, which costs no allocation this way"
)]
enum Shared<'a> {
    Own(Record<'a>),
    Of(&'a Record<'a>),
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
            hints: None,
            place: Place::TOP,
            begun: AtomicU32::new(0),
            record: Shared::Own(Record::new()),
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

    /// Gives predictors hints, in place of those that they had. Default none.
    #[must_use]
    pub const fn with_hints(mut self, hints: &'a Hints) -> Self {
        self.hints = Some(hints);
        self
    }

    /// Keeps a [`TraceStep`] of each call; see [`take_trace`](Self::take_trace). By default none
    /// is kept.
    #[must_use]
    pub fn with_trace(mut self) -> Self {
        if let Shared::Own(record) = &mut self.record {
            record.keep_steps();
        }
        self
    }

    /// Tells this listener of every step while it happens. By default nobody is told.
    #[must_use]
    pub fn with_listener(mut self, listener: &'a dyn Listener) -> Self {
        if let Shared::Own(record) = &mut self.record {
            record.listener = Some(listener);
        }
        self
    }

    /// The context of part number `index` of what runs in this one. Gateway, purpose, sample,
    /// temperature, trace and spend are shared; in the trace, the parts stand in the order of their
    /// numbers.
    #[must_use]
    pub fn child(&self, index: u32) -> Context<'_> {
        Context {
            gateway: self.gateway,
            purpose: self.purpose,
            candidate: self.candidate,
            sample: self.sample,
            temperature: self.temperature,
            hints: self.hints,
            place: self.place.inside(index),
            begun: AtomicU32::new(0),
            record: Shared::Of(self.record()),
        }
    }

    /// The context of attempt `index` of `attempts` on the same task: a [`child`](Self::child) whose
    /// replies are samples of their own, so that no two attempts are one reply out of a cache.
    #[must_use]
    pub fn attempt(&self, index: u32, attempts: u32) -> Context<'_> {
        let sample = self.sample.wrapping_mul(attempts).wrapping_add(index);
        self.child(index).with_sample(sample)
    }

    /// An [`attempt`](Self::attempt) that keeps its steps back from the trace: they enter it with
    /// [`keep`](Self::keep), and are gone if the context is dropped. So the trace of a search is that
    /// of what it found. What the attempt cost is counted, and who listens is told of it, either way.
    #[must_use]
    pub fn trial(&self, index: u32, attempts: u32) -> Context<'_> {
        Context {
            record: Shared::Own(self.record().part()),
            ..self.attempt(index, attempts)
        }
    }

    /// Enters the steps of a [`trial`](Self::trial) into the trace.
    pub fn keep(self) {
        if let Shared::Own(record) = self.record {
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

    /// What predictors are told beside their inputs, if they are told anything.
    #[must_use]
    pub const fn hints(&self) -> Option<&'a Hints> {
        self.hints
    }

    /// What the calls so far cost. A reply from a journal counts as when it was paid for, so that the
    /// sum is the same in every sitting of a run.
    #[must_use]
    pub fn spend(&self) -> Spend {
        self.record().spend()
    }

    /// The steps so far, in the order of their [places](Self::child); empty without
    /// [`with_trace`](Self::with_trace).
    ///
    /// It is the same in every run for a program that makes its calls one after the other, and for
    /// one that makes calls at once in contexts of their own, as every module here does.
    #[must_use]
    pub fn take_trace(self) -> Vec<TraceStep> {
        match self.record {
            Shared::Own(record) => record.into_steps(),
            Shared::Of(_) => Vec::new(),
        }
    }

    /// A copy of the steps so far, as [`take_trace`](Self::take_trace) gives them.
    pub(crate) fn steps(&self) -> Vec<TraceStep> {
        self.record().steps()
    }

    /// Tells whoever listens of something that is not a call of a predictor, such as a tool that is
    /// used. It is made only where somebody listens.
    pub fn tell(&self, event: impl FnOnce() -> TraceEvent) {
        if let Some(listener) = self.record().listener {
            listener.notice(&Traced {
                place: self.place.numbers(),
                event: event(),
            });
        }
    }

    /// The place in the trace of a call that begins.
    pub(crate) fn begin(&self) -> u32 {
        self.begun.fetch_add(1, Ordering::Relaxed)
    }

    pub(crate) fn count(&self, model: &ModelInfo, usage: Option<Usage>) {
        self.record().add(Spend::of_reply(model, usage));
    }

    /// Adds a step, made only where somebody keeps it or listens.
    pub(crate) fn trace(&self, begun: u32, step: impl FnOnce() -> TraceStep) {
        let record = self.record();
        if !record.keeps_steps() && record.listener.is_none() {
            return;
        }
        let step = step();
        let place = self.place.inside(begun).numbers();
        if let Some(listener) = record.listener {
            listener.notice(&Traced {
                place: place.clone(),
                event: TraceEvent::Ended(step.clone()),
            });
        }
        record.enter(place, step);
    }

    /// Takes note of a failed call, where no call of the run could fare better.
    pub(crate) fn note(&self, error: &CallError) {
        if error.ends_the_run() {
            self.record().end_with(error);
        }
    }

    /// The first failed call after which no call of the run could fare better. The program may have
    /// gone on without it; what it then came to depends on where the budget ended.
    pub(crate) fn take_end(&self) -> Option<CallError> {
        self.record().take_end()
    }

    const fn record(&self) -> &Record<'a> {
        match &self.record {
            Shared::Own(record) => record,
            Shared::Of(record) => record,
        }
    }
}
