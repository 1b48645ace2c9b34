//! What an optimizer works with: the program, the data, and the only way to try something.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use rand_chacha::ChaCha8Rng;

use super::candidate::Candidate;
use super::evaluation::{Evaluation, Part};
use super::event::Event;
use super::folder::Folder;
use super::rollout::{Job, Rollout, Stage, Trial};
use super::run::Run;
use super::schedule::in_order;
use super::seed;
use super::stop::Stop;
use crate::evaluate::{Example, MeasuredBuilder, Metric, Outcome, Splits};
use crate::lm::{Gateway, Spend};
use crate::module::{Module, State};

/// How many causes a stop for too many errors shows.
const CAUSES: usize = 3;

/// What an optimizer works with: the program, the data, and the only way to try something.
///
/// Every decision an optimizer makes from what it gets here is the same at any concurrency and in
/// any sitting of the run: results come in the order of the examples, and an evaluation that the
/// budget cut short is never handed out.
pub struct Study<'a, M: Module, E> {
    student: &'a M,
    data: &'a Splits<E>,
    metric: &'a dyn Metric<E, M::Output>,
    run: &'a Run,
    gateway: Gateway,
    folder: Folder,
    candidates: AtomicU32,
    errors: AtomicUsize,
    first_errors: Mutex<Vec<String>>,
    log: Mutex<Log<M>>,
}

/// What was evaluated on the validation part so far.
struct Log<M> {
    evaluations: BTreeMap<u32, (Candidate<M>, Evaluation)>,
    best: Option<u32>,
}

impl<'a, M: Module, E: Example<M::Input>> Study<'a, M, E> {
    pub(super) fn new(
        student: &'a M,
        data: &'a Splits<E>,
        metric: &'a dyn Metric<E, M::Output>,
        run: &'a Run,
        gateway: Gateway,
        folder: Folder,
    ) -> Self {
        Self {
            student,
            data,
            metric,
            run,
            gateway,
            folder,
            candidates: AtomicU32::new(0),
            errors: AtomicUsize::new(0),
            first_errors: Mutex::default(),
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
    pub fn rng(&self, name: &str) -> ChaCha8Rng {
        seed::rng(self.run.seed, name)
    }

    /// Tells whoever watches.
    pub fn note(&self, words: impl Into<String>) {
        self.run.notice(&Event::Note(words.into()));
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
        if let Some((_, known)) = self.lock_log().evaluations.get(&candidate.id()) {
            return Ok(known.clone());
        }
        let evaluation = self.evaluate_on(candidate, self.val(), Part::Val).await?;
        let is_best = self.enter(candidate, &evaluation);
        self.notice_evaluated(candidate, Part::Val, &evaluation, is_best);
        Ok(evaluation)
    }

    /// Runs the jobs on training examples, traced. The results are in the order of the jobs.
    ///
    /// # Errors
    ///
    /// As [`evaluate`](Self::evaluate).
    pub async fn rollouts(&self, jobs: &[Job<M>]) -> Result<Vec<Rollout>, Stop> {
        let stage = self.stage(true);
        let train = self.train();
        let futures = jobs.iter().map(|job| {
            stage.rollout(Trial {
                program: &job.program,
                candidate: job.candidate,
                example: &train[job.example],
                sample: job.sample,
                temperature: job.temperature,
            })
        });
        let mut rollouts = Vec::with_capacity(jobs.len());
        in_order(futures, self.run.concurrency, |index, rollout| {
            self.count_error(&rollout.outcome)?;
            self.notice_rollout(index, jobs.len());
            rollouts.push(rollout);
            Ok(())
        })
        .await?;
        match rollouts.iter().find_map(|rollout| rollout.refusal.clone()) {
            Some(refusal) => Err(Stop::Budget(refusal)),
            None => Ok(rollouts),
        }
    }

    /// Evaluates a candidate on all rows of a part, results streaming to the run folder.
    pub(super) async fn evaluate_on(
        &self,
        candidate: &Candidate<M>,
        rows: &[E],
        part: Part,
    ) -> Result<Evaluation, Stop> {
        self.run.notice(&Event::Evaluating {
            candidate: candidate.id(),
            origin: candidate.origin().to_owned(),
            part: part.as_str(),
            rows: rows.len(),
        });
        let stage = self.stage(false);
        let futures = rows.iter().map(|example| {
            stage.rollout(Trial {
                program: candidate.program(),
                candidate: candidate.id(),
                example,
                sample: 0,
                temperature: None,
            })
        });
        let mut results = self.folder.results(candidate.id(), part)?;
        let mut measured = MeasuredBuilder::default();
        let mut worths = Vec::with_capacity(rows.len());
        let mut spend = Spend::default();
        let mut refused = None;
        in_order(futures, self.run.concurrency, |row, rollout: Rollout| {
            self.count_error(&rollout.outcome)?;
            results.write(row, &rollout.outcome)?;
            measured.push(&rollout.outcome);
            worths.push(rollout.outcome.worth());
            spend += rollout.spend;
            refused = refused.take().or(rollout.refusal);
            self.notice_rollout(row, rows.len());
            Ok(())
        })
        .await?;
        results.finish()?;
        self.gateway.sync()?;
        match refused {
            Some(refusal) => Err(Stop::Budget(refusal)),
            None => Ok(Evaluation {
                measured: measured.finish(),
                worths,
                spend,
            }),
        }
    }

    pub(super) const fn gateway(&self) -> &Gateway {
        &self.gateway
    }

    pub(super) const fn folder(&self) -> &Folder {
        &self.folder
    }

    pub(super) const fn run(&self) -> &'a Run {
        self.run
    }

    /// The best candidate on the validation part so far; of equal ones the earliest.
    pub(super) fn best(&self) -> Option<(Candidate<M>, Evaluation)> {
        let log = self.lock_log();
        let best = log.best?;
        log.evaluations.get(&best).cloned()
    }

    /// All that was evaluated on the validation part, by number of candidate.
    pub(super) fn evaluations(&self) -> Vec<(Candidate<M>, Evaluation)> {
        self.lock_log().evaluations.values().cloned().collect()
    }

    pub(super) fn notice_evaluated(
        &self,
        candidate: &Candidate<M>,
        part: Part,
        evaluation: &Evaluation,
        is_best: bool,
    ) {
        self.run.notice(&Event::Evaluated {
            candidate: candidate.id(),
            origin: candidate.origin().to_owned(),
            part: part.as_str(),
            measured: evaluation.measured.to_string(),
            is_best,
            spend: self.gateway.total(),
        });
    }

    fn stage(&self, traced: bool) -> Stage<'_, M, E> {
        Stage {
            gateway: &self.gateway,
            metric: self.metric,
            traced,
        }
    }

    fn enter(&self, candidate: &Candidate<M>, evaluation: &Evaluation) -> bool {
        let mut log = self.lock_log();
        let best = log.best.and_then(|best| log.evaluations.get(&best));
        let is_best = best.is_none_or(|(_, best)| {
            evaluation.measured.worth() > best.measured.worth()
        });
        let entry = (candidate.clone(), evaluation.clone());
        log.evaluations.insert(candidate.id(), entry);
        if is_best {
            log.best = Some(candidate.id());
        }
        is_best
    }

    /// Counts what says nothing about the prompt: failures of provider, metric and program code.
    fn count_error(&self, outcome: &Outcome) -> Result<(), Stop> {
        let error = match outcome {
            Outcome::ProviderFailed { error }
            | Outcome::MetricFailed { error }
            | Outcome::ProgramFailed { error } => error,
            Outcome::Scored(_) | Outcome::ParseFailed { .. } | Outcome::Refused { .. } => {
                return Ok(());
            }
        };
        let count = self.errors.fetch_add(1, Ordering::Relaxed) + 1;
        let mut first = self
            .first_errors
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if first.len() < CAUSES {
            first.push(error.clone());
        }
        if count > self.run.max_errors {
            return Err(Stop::TooManyErrors {
                count,
                limit: self.run.max_errors,
                first: first.clone(),
            });
        }
        Ok(())
    }

    fn notice_rollout(&self, index: usize, of: usize) {
        self.run.notice(&Event::Rollout {
            done: index + 1,
            of,
            spend: self.gateway.total(),
        });
    }

    fn lock_log(&self) -> std::sync::MutexGuard<'_, Log<M>> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<M: Module, E> std::fmt::Debug for Study<'_, M, E> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Study")
            .field("run", self.run)
            .field("gateway", &self.gateway)
            .finish_non_exhaustive()
    }
}
