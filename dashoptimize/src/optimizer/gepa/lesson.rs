//! What a proposal is made of: a parent, rows, and what the parent did on them.

use crate::engine::Rollout;

/// One proposal to make: a parent, and the training rows to reflect on.
#[derive(Clone, Debug)]
pub(super) struct Task {
    pub(super) parent: usize,
    pub(super) rows: Vec<usize>,
    /// Which component is rewritten, if components take turns.
    pub(super) turn: usize,
}

/// A parent's runs on the rows of a task.
pub(super) struct Lesson {
    pub(super) task: Task,
    pub(super) rollouts: Vec<Rollout>,
}

impl Lesson {
    /// The score of each row, if it has one.
    pub(super) fn scores(&self) -> Vec<Option<f64>> {
        self.rollouts.iter().map(Rollout::score).collect()
    }
}
