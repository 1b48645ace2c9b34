//! What a run has come to so far: what was evaluated, and which stages were begun.

use std::collections::BTreeMap;

use super::candidate::Candidate;
use super::evaluation::Evaluation;
use super::stage::{StagePath, StageReport};
use crate::module::Module;

/// What was evaluated on the validation part so far, by number of candidate, and the stages in their
/// order.
pub(super) struct Log<M> {
    evaluations: BTreeMap<u32, (Candidate<M>, Evaluation)>,
    begun: Vec<Begun>,
}

/// A stage that was begun.
struct Begun {
    path: StagePath,
    optimizer: String,
    /// Number of the candidate that it started from.
    student: u32,
    /// Number of the first candidate that is its own.
    first: u32,
}

impl<M: Module> Log<M> {
    pub(super) const fn new() -> Self {
        Self {
            evaluations: BTreeMap::new(),
            begun: Vec::new(),
        }
    }

    /// What was measured of a candidate.
    pub(super) fn known(&self, candidate: u32) -> Option<&Evaluation> {
        let (_, evaluation) = self.evaluations.get(&candidate)?;
        Some(evaluation)
    }

    /// The best candidate; of equal ones the earliest.
    pub(super) fn best(&self) -> Option<&Candidate<M>> {
        let (candidate, _) = self.best_before(u32::MAX)?;
        Some(candidate)
    }

    /// All that was evaluated, by number of candidate.
    pub(super) fn evaluations(&self) -> impl Iterator<Item = &(Candidate<M>, Evaluation)> {
        self.evaluations.values()
    }

    /// Enters an evaluation, and says whether it is the best so far.
    pub(super) fn enter(&mut self, candidate: &Candidate<M>, evaluation: &Evaluation) -> bool {
        let entry = (candidate.clone(), evaluation.clone());
        self.evaluations.insert(candidate.id(), entry);
        self.best().is_some_and(|best| best.id() == candidate.id())
    }

    /// Begins a stage inside this one. `first` is the number that the next candidate will have.
    pub(super) fn begin(
        &mut self,
        outer: &StagePath,
        optimizer: &str,
        student: &Candidate<M>,
        first: u32,
    ) -> StagePath {
        let siblings = self
            .begun
            .iter()
            .filter(|stage| stage.path.is_child_of(outer));
        let path = outer.child(siblings.count() + 1);
        self.begun.push(Begun {
            path: path.clone(),
            optimizer: optimizer.to_owned(),
            student: student.id(),
            first,
        });
        path
    }

    /// The stages in the order in which they were begun, with what each of them gained.
    pub(super) fn stages(&self) -> Vec<StageReport> {
        let measured = |evaluation: &Evaluation| evaluation.measured.clone();
        let stages = self.begun.iter().enumerate();
        stages
            .map(|(index, begun)| StageReport {
                name: begun.path.to_string(),
                optimizer: begun.optimizer.clone(),
                initial: self.known(begun.student).map(measured),
                r#final: self
                    .best_before(self.end(index))
                    .map(|(_, best)| measured(best)),
            })
            .collect()
    }

    /// The number of the first candidate behind a stage.
    fn end(&self, index: usize) -> u32 {
        let stage = &self.begun[index].path;
        let mut later = self.begun[index + 1..].iter();
        let next = later.find(|later| !later.path.is_within(stage));
        next.map_or(u32::MAX, |next| next.first)
    }

    /// The best of the candidates with smaller numbers. By number and not by who came first: an
    /// optimizer may evaluate several at once.
    fn best_before(&self, end: u32) -> Option<&(Candidate<M>, Evaluation)> {
        let score = |entry: &(_, Evaluation)| entry.1.measured.score();
        let candidates = self.evaluations.range(..end).map(|(_, entry)| entry);
        candidates.reduce(|best, entry| match score(entry) > score(best) {
            true => entry,
            false => best,
        })
    }
}
