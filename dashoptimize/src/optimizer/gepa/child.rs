//! A candidate that was proposed.

use std::collections::BTreeMap;

use crate::engine::{Candidate, Component, Decision, Evidence, Rollout};
use crate::module::Module;

/// A candidate that was proposed for a parent.
pub(super) struct Child<M> {
    pub(super) candidate: Candidate<M>,
    pub(super) parent: usize,
    /// The index of the lesson that it was proposed by.
    pub(super) lesson: usize,
    pub(super) texts: Vec<(Component, String)>,
    /// The sums of the scores of parent and child on the rows that have both.
    pub(super) sums: (f64, f64),
    /// Its runs on training rows, by row.
    pub(super) seen: BTreeMap<usize, Rollout>,
    pub(super) reason: String,
}

impl<M: Module> Child<M> {
    /// By how much the sum of its scores is higher.
    pub(super) fn gain(&self) -> f64 {
        self.sums.1 - self.sums.0
    }

    /// The decision to take it.
    pub(super) fn admitted(&self, rule: &str) -> Decision<'_, M> {
        Decision::admitted(&self.candidate, rule, self.reason.as_str()).evidence(self.evidence())
    }

    /// The decision not to take it.
    pub(super) fn rejected(&self, rule: &str, reason: String) -> Decision<'_, M> {
        Decision::rejected(&self.candidate, rule, reason).evidence(self.evidence())
    }

    pub(super) fn evidence(&self) -> Evidence {
        Evidence::train(self.seen.keys().copied())
    }
}
