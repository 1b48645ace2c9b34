//! What a run has evaluated so far, and which stages it has started.

use std::collections::{BTreeMap, HashMap};

use super::candidate::Candidate;
use super::evaluation::Evaluation;
use super::race::{SavedSpend, StoppedEvaluation};
use super::stage::{StagePath, StageReport};
use super::state_id::StateId;
use crate::module::Module;

/// The number of the program as given.
const AS_GIVEN: u32 = 0;

/// What was evaluated on the validation part so far, and the stages in the order in which they were
/// started.
pub(super) struct RunHistory<M> {
    /// By state: equal states are evaluated once.
    measured: HashMap<StateId, Evaluation>,
    /// By number of candidate.
    entries: BTreeMap<u32, (Candidate<M>, Evaluation)>,
    /// Those that a race stopped and whose state was not evaluated in full since.
    stopped: Vec<(Candidate<M>, StoppedEvaluation)>,
    saved: SavedSpend,
    stages: Vec<StartedStage>,
    /// What the run knows a state as, such as `candidate 3`.
    known: HashMap<StateId, String>,
}

/// A stage that was started.
struct StartedStage {
    path: StagePath,
    optimizer: String,
    /// The number of the candidate that it started from.
    student: u32,
    /// The number of its own first candidate.
    first: u32,
}

impl<M: Module> RunHistory<M> {
    pub(super) fn new() -> Self {
        Self {
            measured: HashMap::new(),
            entries: BTreeMap::new(),
            stopped: Vec::new(),
            saved: SavedSpend::NOTHING,
            stages: Vec::new(),
            known: HashMap::new(),
        }
    }

    /// What the run knows this state as, if it has had it.
    pub(super) fn known(&self, state: StateId) -> Option<&str> {
        self.known.get(&state).map(String::as_str)
    }

    /// From now on, the run knows this state, unless it does already.
    pub(super) fn note_known(&mut self, state: StateId, name: impl FnOnce() -> String) {
        self.known.entry(state).or_insert_with(name);
    }

    /// What was measured of this state.
    pub(super) fn measured(&self, state: StateId) -> Option<&Evaluation> {
        self.measured.get(&state)
    }

    /// Records what was measured of a state.
    pub(super) fn record(&mut self, state: StateId, evaluation: Evaluation) {
        self.stopped
            .retain(|(candidate, _)| candidate.state_id() != state);
        self.measured.insert(state, evaluation);
    }

    /// Notes that a race stopped a candidate.
    pub(super) fn note_stopped(&mut self, candidate: &Candidate<M>, stopped: StoppedEvaluation) {
        self.stopped.push((candidate.clone(), stopped));
    }

    /// What is known of a state that a race stopped.
    pub(super) fn stopped(&self, state: StateId) -> Option<&StoppedEvaluation> {
        let mut latest = self.stopped.iter().rev();
        let (_, stopped) = latest.find(|(candidate, _)| candidate.state_id() == state)?;
        Some(stopped)
    }

    /// All candidates that a race stopped, by number.
    pub(super) fn all_stopped(&self) -> Vec<(Candidate<M>, StoppedEvaluation)> {
        let mut stopped = self.stopped.clone();
        stopped.sort_by_key(|(candidate, _)| candidate.id());
        stopped
    }

    /// Notes what a race saved.
    pub(super) fn note_saved(&mut self, saved: SavedSpend) {
        self.saved += saved;
    }

    /// What all races saved.
    pub(super) const fn saved(&self) -> SavedSpend {
        self.saved
    }

    /// Whether the candidate with this number has been entered.
    pub(super) fn has(&self, candidate: u32) -> bool {
        self.entries.contains_key(&candidate)
    }

    /// The best candidate and its evaluation; of equal ones the earliest.
    pub(super) fn best(&self) -> Option<&(Candidate<M>, Evaluation)> {
        self.best_before(u32::MAX)
    }

    /// All entered candidates, by number.
    pub(super) fn entries(&self) -> impl Iterator<Item = &(Candidate<M>, Evaluation)> {
        self.entries.values()
    }

    /// What was measured of the program as given, and of all candidates with another state.
    pub(super) fn base_and_candidates(&self) -> Option<(Evaluation, Vec<Evaluation>)> {
        let mut entries = self.entries();
        let (base, evaluation) = entries.next()?;
        let others = entries.filter(|(other, _)| other.state_id() != base.state_id());
        let candidates = others.map(|(_, evaluation)| evaluation.clone());
        Some((evaluation.clone(), candidates.collect()))
    }

    /// Enters a candidate whose state was measured. Returns its evaluation, and whether it is the best
    /// so far.
    pub(super) fn enter(&mut self, candidate: &Candidate<M>) -> Option<(Evaluation, bool)> {
        let evaluation = self.measured.get(&candidate.state_id())?.clone();
        let entry = (candidate.clone(), evaluation.clone());
        self.entries.insert(candidate.id(), entry);
        let best = self.best();
        let is_best = best.is_some_and(|(best, _)| best.id() == candidate.id());
        Some((evaluation, is_best))
    }

    /// Starts a stage inside another one. `first` is the number that the next candidate will have.
    pub(super) fn start_stage(
        &mut self,
        outer: &StagePath,
        optimizer: &str,
        student: &Candidate<M>,
        first: u32,
    ) -> StagePath {
        let siblings = self
            .stages
            .iter()
            .filter(|stage| stage.path.is_child_of(outer));
        let path = outer.child(siblings.count() + 1);
        self.stages.push(StartedStage {
            path: path.clone(),
            optimizer: optimizer.to_owned(),
            student: student.id(),
            first,
        });
        path
    }

    /// The stages in the order in which they were started, with what each of them gained.
    pub(super) fn stages(&self) -> Vec<StageReport> {
        let measured = |(_, evaluation): &(_, Evaluation)| evaluation.measured.clone();
        let stages = self.stages.iter().enumerate();
        stages
            .map(|(index, stage)| StageReport {
                name: stage.path.to_string(),
                optimizer: stage.optimizer.clone(),
                initial: self.entries.get(&stage.student).map(measured),
                r#final: self.best_before(self.end(index)).map(measured),
            })
            .collect()
    }

    /// The number of the first candidate after a stage.
    fn end(&self, index: usize) -> u32 {
        let stage = &self.stages[index].path;
        let mut later = self.stages[index + 1..].iter();
        let next = later.find(|later| !later.path.is_within(stage));
        next.map_or(u32::MAX, |next| next.first)
    }

    /// The best of the candidates with smaller numbers, as [`Study::best`](super::Study::best) explains. The
    /// number decides and not which evaluation ended first, because an optimizer may evaluate several
    /// candidates concurrently.
    fn best_before(&self, end: u32) -> Option<&(Candidate<M>, Evaluation)> {
        let score = |entry: &(_, Evaluation)| entry.1.measured.score_at_worst();
        let given = self.entries.get(&AS_GIVEN).map(|entry| &entry.1.measured);
        let holds = |entry: &&(_, Evaluation)| {
            given.is_none_or(|given| entry.1.measured.is_no_worse_where_scored(given))
        };
        let candidates = self.entries.range(..end).map(|(_, entry)| entry);
        candidates
            .filter(holds)
            .reduce(|best, entry| match score(entry) > score(best) {
                true => entry,
                false => best,
            })
    }
}
