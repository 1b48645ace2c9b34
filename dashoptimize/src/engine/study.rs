//! What an optimizer works with: the program, the data, and the only way to try something.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::candidate::Candidate;
use super::evaluation::{Evaluation, Part};
use super::evaluator::Evaluator;
use super::event::Event;
use super::rollout::{Job, Rollout};
use super::stop::Stop;
use crate::evaluate::{Example, Splits};
use crate::module::{Module, State};
use crate::random::SeededRng;

/// What an optimizer works with: the program, the data, and the only way to try something.
///
/// Every decision an optimizer makes from what it gets here is the same at any concurrency and in
/// any sitting of the run: results come in the order of the examples, and an evaluation that the
/// budget cut short is never handed out.
pub struct Study<'a, M: Module, E> {
    student: &'a M,
    data: &'a Splits<E>,
    evaluator: Evaluator<'a, M, E>,
    candidates: AtomicU32,
    log: Mutex<Log<M>>,
}

/// What was evaluated on the validation part so far.
struct Log<M> {
    evaluations: BTreeMap<u32, (Candidate<M>, Evaluation)>,
    best: Option<u32>,
}

impl<'a, M: Module, E: Example<M::Input>> Study<'a, M, E> {
    pub(super) const fn new(
        student: &'a M,
        data: &'a Splits<E>,
        evaluator: Evaluator<'a, M, E>,
    ) -> Self {
        Self {
            student,
            data,
            evaluator,
            candidates: AtomicU32::new(0),
            log: Mutex::new(Log {
                evaluations: BTreeMap::new(),
                best: None,
            }),
        }
    }

    /// The program as given. It is never changed.
    #[must_use]
    pub const fn student(&self) -> &'a M {
        self.student
    }

    /// The rows to learn from.
    #[must_use]
    pub fn train(&self) -> &'a [E] {
        self.data.train()
    }

    /// The rows to choose by.
    #[must_use]
    pub fn val(&self) -> &'a [E] {
        self.data.val()
    }

    /// A generator of random numbers that depends on the run's seed and this name alone.
    #[must_use]
    pub fn rng(&self, name: &str) -> SeededRng {
        SeededRng::new(self.evaluator.run().seed, name)
    }

    /// Tells whoever watches.
    pub fn note(&self, words: impl Into<String>) {
        self.evaluator.run().notice(&Event::Note(words.into()));
    }

    /// Enters a state as a candidate, with where it comes from in words.
    ///
    /// # Errors
    ///
    /// Where the state does not fit the program.
    pub fn candidate(
        &self,
        origin: impl Into<String>,
        state: &State,
    ) -> Result<Candidate<M>, Stop> {
        let program = self.student.with_state(state)?;
        let id = self.candidates.fetch_add(1, Ordering::Relaxed);
        Ok(Candidate::new(id, origin.into(), program))
    }

    /// Evaluates a candidate on the whole validation part.
    ///
    /// # Errors
    ///
    /// Where the budget ends before the last row, too many rollouts fail, or nothing can be called
    /// any more.
    pub async fn evaluate(&self, candidate: &Candidate<M>) -> Result<Evaluation, Stop> {
        if let Some(known) = self.known(candidate) {
            return Ok(known);
        }
        let evaluation = self.evaluate_on(candidate, self.val(), Part::Val).await?;
        let is_best = self.enter(candidate, &evaluation);
        self.evaluator
            .notice_evaluated(candidate, Part::Val, &evaluation, is_best);
        Ok(evaluation)
    }

    /// Runs the jobs on training examples, traced. The results are in the order of the jobs.
    ///
    /// # Errors
    ///
    /// As [`evaluate`](Self::evaluate).
    pub async fn rollouts(&self, jobs: &[Job<M>]) -> Result<Vec<Rollout>, Stop> {
        self.evaluator.rollouts(jobs, self.train()).await
    }

    /// Evaluates a candidate on all rows of a part. An evaluation that the budget cut short is no
    /// evaluation: which rows it holds depends on the order in which calls were made.
    pub(super) async fn evaluate_on(
        &self,
        candidate: &Candidate<M>,
        rows: &[E],
        part: Part,
    ) -> Result<Evaluation, Stop> {
        let evaluation = self
            .evaluator
            .evaluate(candidate, rows, part, |_| ())
            .await?;
        match evaluation.refused {
            Some(refusal) => Err(Stop::Budget(refusal)),
            None => Ok(evaluation),
        }
    }

    pub(super) const fn evaluator(&self) -> &Evaluator<'a, M, E> {
        &self.evaluator
    }

    /// What was measured of a candidate on the validation part.
    pub(super) fn known(&self, candidate: &Candidate<M>) -> Option<Evaluation> {
        let log = self.lock_log();
        let (_, evaluation) = log.evaluations.get(&candidate.id())?;
        Some(evaluation.clone())
    }

    /// The best candidate on the validation part so far; of equal ones the earliest.
    pub(super) fn best(&self) -> Option<Candidate<M>> {
        let log = self.lock_log();
        let (candidate, _) = log.evaluations.get(&log.best?)?;
        Some(candidate.clone())
    }

    /// All that was evaluated on the validation part, by number of candidate.
    pub(super) fn evaluations(&self) -> Vec<(Candidate<M>, Evaluation)> {
        self.lock_log().evaluations.values().cloned().collect()
    }

    fn enter(&self, candidate: &Candidate<M>, evaluation: &Evaluation) -> bool {
        let mut log = self.lock_log();
        let best = log.best.and_then(|best| log.evaluations.get(&best));
        // By number and not by who came first: an optimizer may evaluate several at once.
        let rank = |id: u32, evaluation: &Evaluation| (evaluation.measured.worth(), Reverse(id));
        let is_best = best.is_none_or(|(earlier, best)| {
            rank(candidate.id(), evaluation) > rank(earlier.id(), best)
        });
        let entry = (candidate.clone(), evaluation.clone());
        log.evaluations.insert(candidate.id(), entry);
        if is_best {
            log.best = Some(candidate.id());
        }
        is_best
    }

    fn lock_log(&self) -> MutexGuard<'_, Log<M>> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<M: Module, E: Example<M::Input>> std::fmt::Debug for Study<'_, M, E> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Study")
            .field("run", self.evaluator.run())
            .field("gateway", self.evaluator.gateway())
            .finish_non_exhaustive()
    }
}
