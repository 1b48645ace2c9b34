//! What a call leaves behind: its steps, what it cost, and what ended the run.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::event::Listener;
use super::{CallError, TraceStep};
use crate::lm::Spend;

/// What a call leaves behind, or a part of it that may still be dropped.
#[derive(Debug)]
pub(super) struct Record<'a> {
    steps: Option<Mutex<Vec<PlacedStep>>>,
    pub(super) listener: Option<&'a dyn Listener>,
    spend: Mutex<Spend>,
    end: Mutex<Option<CallError>>,
    /// The record that this one is part of. It learns everything immediately, except the steps.
    within: Option<&'a Self>,
}

/// A step with its position.
type PlacedStep = (Vec<u32>, TraceStep);

impl<'a> Record<'a> {
    pub(super) const fn new() -> Self {
        Self {
            steps: None,
            listener: None,
            spend: Mutex::new(Spend::NOTHING),
            end: Mutex::new(None),
            within: None,
        }
    }

    /// A part of this record that keeps its steps to itself until they are [released](Self::release).
    pub(super) fn part(&'a self) -> Self {
        Self {
            steps: self.keeps_steps().then(Mutex::default),
            listener: self.listener,
            within: Some(self),
            ..Self::new()
        }
    }

    /// Moves the steps into the record that this one is part of.
    pub(super) fn release(self) {
        if let (
            Some(steps),
            Some(Self {
                steps: Some(of), ..
            }),
        ) = (self.steps, self.within)
        {
            lock(of).append(&mut lock(&steps));
        }
    }

    pub(super) fn keep_steps(&mut self) {
        self.steps.get_or_insert_default();
    }

    pub(super) const fn keeps_steps(&self) -> bool {
        self.steps.is_some()
    }

    pub(super) fn enter(&self, position: Vec<u32>, step: TraceStep) {
        if let Some(steps) = &self.steps {
            lock(steps).push((position, step));
        }
    }

    /// The steps in the order of their positions.
    pub(super) fn into_steps(self) -> Vec<TraceStep> {
        let steps = self.steps.map(Mutex::into_inner).transpose();
        in_order(steps.unwrap_or_else(|error| Some(error.into_inner())))
    }

    /// A copy of the steps so far, in the order of their positions.
    pub(super) fn steps(&self) -> Vec<TraceStep> {
        in_order(self.steps.as_ref().map(|steps| lock(steps).clone()))
    }

    pub(super) fn spend(&self) -> Spend {
        *lock(&self.spend)
    }

    pub(super) fn add(&self, spend: Spend) {
        *lock(&self.spend) += spend;
        if let Some(within) = self.within {
            within.add(spend);
        }
    }

    pub(super) fn end_with(&self, error: &CallError) {
        lock(&self.end).get_or_insert_with(|| error.clone());
        if let Some(within) = self.within {
            within.end_with(error);
        }
    }

    pub(super) fn take_end(&self) -> Option<CallError> {
        lock(&self.end).take()
    }
}

fn in_order(steps: Option<Vec<PlacedStep>>) -> Vec<TraceStep> {
    let mut steps = steps.unwrap_or_default();
    steps.sort_by(|(one, _), (other, _)| one.cmp(other));
    steps.into_iter().map(|(_, step)| step).collect()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
