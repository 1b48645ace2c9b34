//! The evaluator: a program on many examples, at bounded concurrency, results in order.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use super::candidate::Candidate;
use super::evaluation::{Evaluation, Part};
use super::event::Event;
use super::folder::Folder;
use super::rollout::{Job, Rollout, Stage, Trial};
use super::run::Run;
use super::schedule::in_order;
use super::stop::Stop;
use crate::evaluate::measured::Tally;
use crate::evaluate::{Example, Metric, Outcome};
use crate::lm::{Gateway, Spend};
use crate::module::Module;

/// How many causes a stop for too many errors shows.
const CAUSES: usize = 3;

/// Everything that it takes to try a program on examples.
pub(super) struct Evaluator<'a, M: Module, E> {
    metric: &'a dyn Metric<E, M::Output>,
    run: &'a Run,
    gateway: Gateway,
    folder: Folder,
    errors: AtomicUsize,
    first_errors: Mutex<Vec<String>>,
}

impl<'a, M: Module, E: Example<M::Input>> Evaluator<'a, M, E> {
    pub(super) const fn new(
        metric: &'a dyn Metric<E, M::Output>,
        run: &'a Run,
        gateway: Gateway,
        folder: Folder,
    ) -> Self {
        Self {
            metric,
            run,
            gateway,
            folder,
            errors: AtomicUsize::new(0),
            first_errors: Mutex::new(Vec::new()),
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

    /// Evaluates a candidate on all these rows. The outcomes stream to the run folder and to `each`,
    /// in the order of the rows.
    pub(super) async fn evaluate(
        &self,
        candidate: &Candidate<M>,
        rows: &[E],
        part: Part,
        mut each: impl FnMut(Outcome),
    ) -> Result<Evaluation, Stop> {
        self.run.notice(&Event::Evaluating {
            candidate: candidate.id(),
            origin: candidate.origin().to_owned(),
            part: part.as_str(),
            rows: rows.len(),
        });
        let stage = self.stage(false);
        let begin = |row: usize| {
            stage.rollout(Trial {
                program: candidate.program(),
                candidate: candidate.id(),
                example: &rows[row],
                sample: 0,
                temperature: None,
            })
        };
        let mut results = self.folder.results(candidate.id(), part)?;
        let mut tally = Tally::default();
        let mut spend = Spend::default();
        let mut refused = None;
        let ended = in_order(rows.len(), self.run.concurrency, begin, |row, rollout| {
            results.write(row, &rollout.outcome)?;
            self.count_error(&rollout.outcome)?;
            tally.push(&rollout.outcome);
            spend += rollout.spend;
            refused = refused.take().or(rollout.refusal);
            self.notice_rollout(row, rows.len());
            each(rollout.outcome);
            Ok(())
        })
        .await;
        results.finish()?;
        self.gateway.sync()?;
        ended?;
        Ok(Evaluation {
            measured: tally.finish(),
            spend,
            refused,
        })
    }

    /// Runs the jobs on these rows, traced. The results are in the order of the jobs.
    pub(super) async fn rollouts(&self, jobs: &[Job<M>], rows: &[E]) -> Result<Vec<Rollout>, Stop> {
        let stage = self.stage(true);
        let begin = |index: usize| {
            let job = &jobs[index];
            stage.rollout(Trial {
                program: &job.program,
                candidate: job.candidate,
                example: &rows[job.example],
                sample: job.sample,
                temperature: job.temperature,
            })
        };
        let mut rollouts = Vec::with_capacity(jobs.len());
        in_order(jobs.len(), self.run.concurrency, begin, |index, rollout| {
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

    const fn stage(&self, traced: bool) -> Stage<'_, M, E> {
        Stage {
            gateway: &self.gateway,
            metric: self.metric,
            traced,
        }
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
}
