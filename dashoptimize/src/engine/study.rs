//! What an optimizer works with: the program, the data, and the only way to try something.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::candidate::Candidate;
use super::evaluation::{Evaluation, Part};
use super::evaluator::Evaluator;
use super::event::Event;
use super::log::Log;
use super::rollout::{Job, Rollout};
use super::stage::{StagePath, StageReport};
use super::stop::Stop;
use crate::evaluate::{Example, Splits};
use crate::module::{Module, ModuleExt};
use crate::random::SeededRng;
use crate::state::State;

/// What an optimizer works with: the program, the data, and the only way to try something.
///
/// Every decision an optimizer makes from what it gets here is the same at any concurrency and in
/// any sitting of the run: results come in the order of the examples, and an evaluation that the
/// budget cut short is never handed out.
pub struct Study<'a, M: Module, E> {
    student: Candidate<M>,
    data: &'a Splits<E>,
    stage: StagePath,
    run: Arc<Shared<'a, M, E>>,
}

/// What all stages of a run share.
struct Shared<'a, M: Module, E> {
    evaluator: Evaluator<'a, M, E>,
    candidates: AtomicU32,
    log: Mutex<Log<M>>,
}

impl<'a, M: Module, E: Example<M::Input>> Study<'a, M, E> {
    pub(super) fn new(student: &M, data: &'a Splits<E>, evaluator: Evaluator<'a, M, E>) -> Self {
        let words = "the program as given".to_owned();
        Self {
            student: Candidate::new(0, words, student.clone()),
            data,
            stage: StagePath::default(),
            run: Arc::new(Shared {
                evaluator,
                candidates: AtomicU32::new(1),
                log: Mutex::new(Log::new()),
            }),
        }
    }

    /// The program as given, or what an earlier stage made of it. It is never changed.
    #[must_use]
    pub const fn student(&self) -> &M {
        self.student.program()
    }

    /// The student as a candidate. It is evaluated before the search begins.
    #[must_use]
    pub const fn base(&self) -> &Candidate<M> {
        &self.student
    }

    /// A study of the same run for a search that starts from this candidate, as a stage of this one.
    /// Budget, journal, numbers of candidates and all that was evaluated are shared; random numbers
    /// have the stage in their names.
    #[must_use]
    pub fn stage(&self, optimizer: &str, student: &Candidate<M>) -> Self {
        let first = self.run.candidates.load(Ordering::Relaxed);
        let mut log = self.lock_log();
        let stage = log.begin(&self.stage, optimizer, student, first);
        drop(log);
        self.note(format!(
            "{stage}, {optimizer}, starts from: {}",
            student.origin()
        ));
        Self {
            student: student.clone(),
            data: self.data,
            stage,
            run: Arc::clone(&self.run),
        }
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

    /// A generator of random numbers that depends on the run's seed, the stage and this name alone.
    #[must_use]
    pub fn rng(&self, name: &str) -> SeededRng {
        SeededRng::new(self.evaluator().run().seed, &self.stage.name(name))
    }

    /// Tells whoever watches.
    pub fn note(&self, words: impl Into<String>) {
        self.evaluator().run().notice(&Event::Note(words.into()));
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
        let program = self.student().with_state(state)?;
        let id = self.run.candidates.fetch_add(1, Ordering::Relaxed);
        Ok(Candidate::new(id, self.stage.name(&origin.into()), program))
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
        let is_best = self.lock_log().enter(candidate, &evaluation);
        self.evaluator()
            .notice_evaluated(candidate, Part::Val, &evaluation, is_best);
        Ok(evaluation)
    }

    /// Runs the jobs on training examples, traced. The results are in the order of the jobs.
    ///
    /// # Errors
    ///
    /// As [`evaluate`](Self::evaluate).
    pub async fn rollouts(&self, jobs: &[Job<M>]) -> Result<Vec<Rollout>, Stop> {
        self.evaluator().rollouts(jobs, self.train()).await
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
            .evaluator()
            .evaluate(candidate, rows, part, |_| ())
            .await?;
        match evaluation.refused {
            Some(refusal) => Err(Stop::Budget(refusal)),
            None => Ok(evaluation),
        }
    }

    /// The best candidate of the run on the validation part so far; of equal ones the earliest.
    pub fn best(&self) -> Option<Candidate<M>> {
        self.lock_log().best().cloned()
    }

    pub(super) fn evaluator(&self) -> &Evaluator<'a, M, E> {
        &self.run.evaluator
    }

    /// What was measured of a candidate on the validation part.
    pub(super) fn known(&self, candidate: &Candidate<M>) -> Option<Evaluation> {
        self.lock_log().known(candidate.id()).cloned()
    }

    /// All that was evaluated on the validation part, by number of candidate.
    pub(super) fn evaluations(&self) -> Vec<(Candidate<M>, Evaluation)> {
        self.lock_log().evaluations().cloned().collect()
    }

    /// The stages so far, with what each of them gained.
    pub(super) fn stages(&self) -> Vec<StageReport> {
        self.lock_log().stages()
    }

    fn lock_log(&self) -> MutexGuard<'_, Log<M>> {
        self.run.log.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<M: Module, E: Example<M::Input>> std::fmt::Debug for Study<'_, M, E> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Study")
            .field("run", self.evaluator().run())
            .field("gateway", self.evaluator().gateway())
            .finish_non_exhaustive()
    }
}
