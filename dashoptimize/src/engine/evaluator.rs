//! The evaluator: programs on many rows, with bounded concurrency and results in order.

use std::sync::{Mutex, PoisonError};

use serde_json::{Map, Value};

use super::candidate::Candidate;
use super::error_limit::ErrorLimit;
use super::evaluated_row::EvaluatedRow;
use super::evaluation::{Evaluation, Part};
use super::event::Event;
use super::folder::RunFolder;
use super::models::DeclaredModels;
use super::own_answer::without_answer;
use super::results_file::{ResultsFile, TrialsFile};
use super::rollout::{Rollout, RolloutInput, RolloutRunner};
use super::run::Run;
use super::schedule::in_order;
use super::shown_fields::ShownFields;
use super::stop::Stop;
use super::trial::Trial;
use crate::evaluate::measured::Tally;
use crate::evaluate::{Example, Metric, RowOrigin, Rows, Splits};
use crate::lm::{Gateway, Refusal, Spend};
use crate::module::Module;

/// Everything that is needed to run programs on rows.
pub(super) struct Evaluator<'a, M: Module, E> {
    metric: &'a dyn Metric<E, M::Output>,
    run: &'a Run,
    models: DeclaredModels,
    gateway: Gateway,
    folder: RunFolder,
    errors: ErrorLimit,
    trials: Mutex<TrialsFile>,
}

/// An evaluation of which some rows are still missing.
struct UnfinishedEvaluation {
    results: ResultsFile,
    tally: Tally,
    spend: Spend,
    refused: Option<Refusal>,
}

impl<'a, M: Module, E: Example<M::Input>> Evaluator<'a, M, E> {
    pub(super) fn new(
        metric: &'a dyn Metric<E, M::Output>,
        student: &M,
        run: &'a Run,
        models: DeclaredModels,
        gateway: Gateway,
        folder: RunFolder,
    ) -> Self {
        Self {
            metric,
            run,
            models,
            gateway,
            trials: Mutex::new(folder.trials(ShownFields::of::<M, E>(student))),
            folder,
            errors: ErrorLimit::new(run.max_errors),
        }
    }

    pub(super) const fn metric(&self) -> &'a dyn Metric<E, M::Output> {
        self.metric
    }

    pub(super) const fn gateway(&self) -> &Gateway {
        &self.gateway
    }

    pub(super) const fn folder(&self) -> &RunFolder {
        &self.folder
    }

    pub(super) const fn models(&self) -> &DeclaredModels {
        &self.models
    }

    pub(super) const fn run(&self) -> &'a Run {
        self.run
    }

    /// Evaluates candidates on these rows, concurrently. The evaluations are in the order of the
    /// candidates. The rows are passed on to `each`, candidate by candidate.
    pub(super) async fn evaluate(
        &self,
        candidates: &[&Candidate<M>],
        rows: &dyn Rows<Row = E>,
        part: Part,
        mut each: impl FnMut(EvaluatedRow<M::Output>),
    ) -> Result<Vec<Evaluation>, Stop> {
        let unfinished = candidates.iter().map(|c| self.unfinished(c, part));
        let mut evaluations = unfinished.collect::<Result<Vec<_>, _>>()?;
        let (n, all) = (rows.rows().len(), rows.rows().len() * candidates.len());
        let start = |index: usize| self.start(candidates[index / n], rows, index % n);
        let ended = in_order(all, self.run.concurrency, start, |index, row| {
            self.count(&row.rollout, index, all)?;
            evaluations[index / n].add(|| rows.rows()[index % n].fields(), &row)?;
            each(row);
            Ok(())
        })
        .await;
        let finished = evaluations.into_iter().map(UnfinishedEvaluation::finish);
        let finished = finished.collect::<Result<Vec<_>, _>>()?;
        self.gateway.sync()?;
        ended.map(|()| finished)
    }

    /// Runs the trials, with traces. The results are in the order of the trials.
    pub(super) async fn rollouts(
        &self,
        trials: &[Trial<M>],
        data: &Splits<E>,
    ) -> Result<Vec<Rollout>, Stop> {
        for trial in trials {
            self.check(trial, data)?;
        }
        let start = |index: usize| self.start_trial(&trials[index], data);
        let mut rollouts = Vec::with_capacity(trials.len());
        let concurrency = self.run.concurrency;
        let ended = in_order(trials.len(), concurrency, start, |index, rollout| {
            self.count(&rollout, index, trials.len())?;
            rollouts.push(rollout);
            Ok(())
        })
        .await;
        self.record(trials, &rollouts, data)?;
        ended?;
        match rollouts.iter().find_map(|rollout| rollout.refusal.clone()) {
            Some(refusal) => Err(Stop::Budget(refusal)),
            None => Ok(rollouts),
        }
    }

    /// Tells observers that the evaluation of a candidate started.
    pub(super) fn announce(&self, candidate: &Candidate<M>, part: Part, rows: usize) {
        self.run.notify(|| Event::EvaluationStarted {
            candidate: candidate.id(),
            origin: candidate.origin().to_owned(),
            part,
            rows,
        });
    }

    /// Tells observers that the evaluation of a candidate ended.
    pub(super) fn announce_end(
        &self,
        candidate: &Candidate<M>,
        part: Part,
        evaluation: &Evaluation,
        is_best: bool,
    ) {
        self.run.notify(|| Event::EvaluationEnded {
            candidate: candidate.id(),
            origin: candidate.origin().to_owned(),
            part,
            measured: evaluation.measured.clone(),
            is_best,
            spend: self.gateway.total(),
        });
    }

    const fn runner(&self) -> RolloutRunner<'_, M, E> {
        RolloutRunner {
            gateway: &self.gateway,
            metric: self.metric,
        }
    }

    /// One row of an evaluation.
    async fn start(
        &self,
        candidate: &Candidate<M>,
        rows: &dyn Rows<Row = E>,
        index: usize,
    ) -> Result<EvaluatedRow<M::Output>, Stop> {
        let input = RolloutInput {
            program: candidate.program(),
            candidate: candidate.id(),
            example: &rows.rows()[index],
            sample: 0,
            temperature: None,
        };
        let (output, rollout) = self.runner().run(input).await?;
        Ok(EvaluatedRow {
            index,
            origin: rows.origin(index).cloned(),
            output,
            rollout,
        })
    }

    async fn start_trial(&self, trial: &Trial<M>, data: &Splits<E>) -> Result<Rollout, Stop> {
        let example = &rows_of(data, trial.part())[trial.row()];
        let program = program_of(trial, example)?;
        let input = RolloutInput {
            program: &program,
            candidate: trial.candidate().id(),
            example,
            sample: trial.sample_index(),
            temperature: trial.own_temperature(),
        };
        let (_, rollout) = self.runner().run(input).await?;
        Ok(rollout)
    }

    /// Writes the rollouts of these trials to the run folder.
    fn record(
        &self,
        trials: &[Trial<M>],
        rollouts: &[Rollout],
        data: &Splits<E>,
    ) -> Result<(), Stop> {
        let mut file = self.trials.lock().unwrap_or_else(PoisonError::into_inner);
        file.write(trials.iter().zip(rollouts), |trial| {
            let (part, row) = (trial.part(), trial.row());
            (
                rows_of(data, part)[row].fields(),
                origin_of(data, part, row),
            )
        })?;
        Ok(())
    }

    fn check(&self, trial: &Trial<M>, data: &Splits<E>) -> Result<(), Stop> {
        let (part, row) = (trial.part(), trial.row());
        let rows = rows_of(data, part).len();
        if row >= rows {
            return Err(Stop::Unusable(format!(
                "bug in the optimizer: it asks for row {row} of the {rows} rows of the {part} part"
            )));
        }
        trial
            .own_lm()
            .map_or(Ok(()), |lm| self.models.check_declared(lm))
    }

    fn count(&self, rollout: &Rollout, index: usize, of: usize) -> Result<(), Stop> {
        self.errors.count(&rollout.outcome)?;
        self.run.notify(|| Event::RolloutEnded {
            done: index + 1,
            of,
            spend: self.gateway.total(),
        });
        Ok(())
    }

    fn unfinished(
        &self,
        candidate: &Candidate<M>,
        part: Part,
    ) -> Result<UnfinishedEvaluation, Stop> {
        let shown = ShownFields::of::<M, E>(candidate.program());
        Ok(UnfinishedEvaluation {
            results: self.folder.results(candidate.id(), part, shown)?,
            tally: Tally::new(self.metric.range()),
            spend: Spend::default(),
            refused: None,
        })
    }
}

impl UnfinishedEvaluation {
    /// Adds the next row, which has these fields.
    fn add<O>(
        &mut self,
        fields: impl FnOnce() -> Map<String, Value>,
        row: &EvaluatedRow<O>,
    ) -> Result<(), Stop> {
        let rollout = &row.rollout;
        self.results.write(fields, row)?;
        self.tally.push(&rollout.outcome, rollout.broken_checks());
        self.spend += rollout.spend;
        self.refused = self.refused.take().or_else(|| rollout.refusal.clone());
        Ok(())
    }

    fn finish(self) -> Result<Evaluation, Stop> {
        self.results.finish()?;
        Ok(Evaluation {
            measured: self.tally.finish(),
            spend: self.spend,
            refused: self.refused,
        })
    }
}

/// The rows of a part that optimizers may use. The hold-out is not one of them.
fn rows_of<E>(data: &Splits<E>, part: Part) -> &[E] {
    match part {
        Part::Train => data.train(),
        Part::Val => data.val(),
        Part::Holdout | Part::Whole => &[],
    }
}

/// Where a row of these parts came from.
fn origin_of<E>(data: &Splits<E>, part: Part, row: usize) -> Option<&RowOrigin> {
    match part {
        Part::Train => data.train().origin(row),
        Part::Val => data.val().origin(row),
        Part::Holdout | Part::Whole => None,
    }
}

/// The program that a trial runs on this row.
fn program_of<M, E>(trial: &Trial<M>, example: &E) -> Result<M, Stop>
where
    M: Module,
    E: Example<M::Input>,
{
    let candidate = trial.candidate();
    let mut program = match trial.part() {
        Part::Train => without_answer(candidate, trial.row(), || example.fields())?,
        Part::Val | Part::Holdout | Part::Whole => candidate.program().clone(),
    };
    if let Some(lm) = trial.own_lm() {
        for predictor in program.predictors_mut() {
            predictor.set_lm(lm.clone());
        }
    }
    Ok(program)
}
