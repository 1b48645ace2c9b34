//! How many training examples passed.

use std::fmt;

use crate::engine::SearchEvent;

/// An optimizer ran the program on training examples, and some of the runs passed the metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TrainingRunsPassed {
    /// How many training examples passed.
    pub passed: usize,
    /// How many were tried.
    pub of: usize,
}

/// `12 of 40 training examples pass`
impl fmt::Display for TrainingRunsPassed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {} training examples pass", self.passed, self.of)
    }
}

impl SearchEvent for TrainingRunsPassed {}
