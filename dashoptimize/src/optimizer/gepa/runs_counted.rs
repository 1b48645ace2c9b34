//! How many runs of programs the search has paid for.

use std::collections::HashSet;

use crate::engine::{Candidate, StateId};

/// A run of a program on a training row: state, index of the row, sample.
pub(super) type RowRun = (StateId, usize, u32);

/// The runs of a candidate on these training rows.
pub(super) fn row_runs<'r, M>(
    candidate: &Candidate<M>,
    rows: impl IntoIterator<Item = usize> + 'r,
    sample: u32,
) -> impl Iterator<Item = RowRun> + 'r {
    let state = candidate.state_id();
    rows.into_iter().map(move |row| (state, row, sample))
}

/// Counts the metric calls of a search, and refuses those beyond its limit.
#[derive(Clone, Debug)]
pub(super) struct RunsCounted {
    limit: Option<usize>,
    used: usize,
    held: HashSet<RowRun>,
    /// Whether a run that the search holds already counts again, as in the source.
    counts_again: bool,
}

impl RunsCounted {
    pub(super) fn new(limit: Option<usize>, counts_again: bool) -> Self {
        Self {
            limit,
            used: 0,
            held: HashSet::new(),
            counts_again,
        }
    }

    pub(super) const fn used(&self) -> usize {
        self.used
    }

    /// How many calls are left; `None` without a limit.
    pub(super) fn left(&self) -> Option<usize> {
        Some(self.limit?.saturating_sub(self.used))
    }

    /// Whether so many calls are left.
    pub(super) fn allows(&self, calls: usize) -> bool {
        self.left().is_none_or(|left| calls <= left)
    }

    /// How many calls these runs are.
    pub(super) fn cost(&self, runs: impl IntoIterator<Item = RowRun>) -> usize {
        let mut new = HashSet::new();
        let runs = runs.into_iter();
        let counts =
            |run: &RowRun| self.counts_again || (!self.held.contains(run) && new.insert(*run));
        runs.filter(counts).count()
    }

    /// Counts these runs.
    pub(super) fn count(&mut self, runs: impl IntoIterator<Item = RowRun>) {
        for run in runs {
            let is_new = self.held.insert(run);
            self.used += usize::from(is_new || self.counts_again);
        }
    }

    /// Counts the evaluation of a candidate on so many rows.
    pub(super) const fn count_evaluation(&mut self, rows: usize) {
        self.used += rows;
    }
}
