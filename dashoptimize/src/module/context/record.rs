//! What a call leaves behind: its steps, what it cost, and what ended the run.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::trace::{Listener, TraceStep};
use crate::lm::Spend;
use crate::module::CallError;

/// What a call leaves behind.
#[derive(Debug)]
pub(super) struct Record<'a> {
    /// Each step with its place.
    steps: Option<Mutex<Vec<(Vec<u32>, TraceStep)>>>,
    pub(super) listener: Option<&'a dyn Listener>,
    spend: Mutex<Spend>,
    end: Mutex<Option<CallError>>,
}

impl Record<'_> {
    pub(super) const fn new() -> Self {
        Self {
            steps: None,
            listener: None,
            spend: Mutex::new(Spend::NOTHING),
            end: Mutex::new(None),
        }
    }

    pub(super) fn keep_steps(&mut self) {
        self.steps = Some(Mutex::default());
    }

    pub(super) const fn keeps_steps(&self) -> bool {
        self.steps.is_some()
    }

    pub(super) fn enter(&self, place: Vec<u32>, step: TraceStep) {
        if let Some(steps) = &self.steps {
            lock(steps).push((place, step));
        }
    }

    /// The steps in the order of their places.
    pub(super) fn into_steps(self) -> Vec<TraceStep> {
        let Some(steps) = self.steps else {
            return Vec::new();
        };
        let mut steps = steps.into_inner().unwrap_or_else(PoisonError::into_inner);
        steps.sort_by(|(one, _), (other, _)| one.cmp(other));
        steps.into_iter().map(|(_, step)| step).collect()
    }

    pub(super) fn spend(&self) -> Spend {
        *lock(&self.spend)
    }

    pub(super) fn add(&self, spend: Spend) {
        *lock(&self.spend) += spend;
    }

    pub(super) fn end_with(&self, error: &CallError) {
        lock(&self.end).get_or_insert_with(|| error.clone());
    }

    pub(super) fn take_end(&self) -> Option<CallError> {
        lock(&self.end).take()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
