//! The candidates that were evaluated on the validation part, with what is known of each.

use std::collections::BTreeMap;

use crate::engine::{Candidate, Rollout};

/// A candidate of the population.
#[derive(Clone, Debug)]
pub(super) struct Member<M> {
    pub(super) candidate: Candidate<M>,
    /// The members that it was made of, by index; none of one that the search started with.
    pub(super) parents: Vec<usize>,
    /// The score of each validation row, if it has one.
    pub(super) scores: Vec<Option<f64>>,
    /// The objectives of each validation row, if the metric gives some.
    pub(super) objectives: Vec<BTreeMap<String, f64>>,
    /// The score by which candidates are chosen.
    pub(super) mean: f64,
    /// Which component is rewritten next, counted over all mutations of the member and of its ancestors.
    pub(super) next_component: usize,
    /// Its runs on training rows, by row.
    pub(super) seen: BTreeMap<usize, Rollout>,
}

impl<M> Member<M> {
    /// Which component is rewritten now; the next mutation rewrites the next one.
    pub(super) const fn take_turn(&mut self) -> usize {
        self.next_component += 1;
        self.next_component - 1
    }

    /// The mean of each objective over the rows that have it.
    pub(super) fn mean_objectives(&self) -> BTreeMap<String, f64> {
        let mut sums: BTreeMap<String, (f64, usize)> = BTreeMap::new();
        for (name, value) in self.objectives.iter().flatten() {
            let (sum, rows) = sums.entry(name.clone()).or_default();
            *sum += value;
            *rows += 1;
        }
        let means = sums.into_iter();
        means
            .map(|(name, (sum, rows))| (name, sum / rows as f64))
            .collect()
    }
}

/// All members, in the order in which they came in. The first is the program that the search started from.
#[derive(Clone, Debug)]
pub(super) struct Population<M>(Vec<Member<M>>);

impl<M> Population<M> {
    pub(super) const fn new() -> Self {
        Self(Vec::new())
    }

    pub(super) const fn len(&self) -> usize {
        self.0.len()
    }

    /// Adds a member and returns its index.
    pub(super) fn add(&mut self, member: Member<M>) -> usize {
        self.0.push(member);
        self.0.len() - 1
    }

    pub(super) fn member(&self, index: usize) -> &Member<M> {
        &self.0[index]
    }

    pub(super) fn member_mut(&mut self, index: usize) -> &mut Member<M> {
        &mut self.0[index]
    }

    pub(super) fn means(&self) -> Vec<f64> {
        self.0.iter().map(|member| member.mean).collect()
    }

    /// The member with the highest mean; of equal ones the first.
    pub(super) fn best(&self) -> usize {
        best(&self.means())
    }

    /// Whether a member has the state of this candidate.
    pub(super) fn has(&self, candidate: &Candidate<M>) -> bool {
        self.0.iter().any(|member| member.candidate == *candidate)
    }

    /// All ancestors of a member.
    pub(super) fn ancestors(&self, index: usize) -> std::collections::BTreeSet<usize> {
        let mut found = std::collections::BTreeSet::new();
        let mut waiting = self.0[index].parents.clone();
        while let Some(parent) = waiting.pop() {
            if found.insert(parent) {
                waiting.extend(&self.0[parent].parents);
            }
        }
        found
    }
}

/// The index of the highest mean; of equal ones the first.
pub(super) fn best(means: &[f64]) -> usize {
    let indices = 0..means.len();
    indices
        .reduce(|best, index| match means[index] > means[best] {
            true => index,
            false => best,
        })
        .unwrap_or(0)
}
