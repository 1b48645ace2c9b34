//! The evaluator: programs on many rows, with bounded concurrency and results in order.

use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::{Map, Value};

use super::candidate::Candidate;
use super::evaluated_row::EvaluatedRow;
use super::evaluation::{Evaluation, Part};
use super::event::Event;
use super::failures::RunFailures;
use super::folder::RunFolder;
use super::models::{DeclaredModels, ids};
use super::own_answer::without_answer;
use super::reasons::Reasons;
use super::results_file::{ResultsFile, TrialsFile};
use super::rollout::{Rollout, RolloutInput, RolloutRunner, Try};
use super::run::Run;
use super::schedule::in_order;
use super::shown_fields::ShownFields;
use super::stop::Stop;
use super::trial::Trial;
use crate::evaluate::measured::Tally;
use crate::evaluate::{Example, Measured, Metric, RowOrigin, Rows, Splits};
use crate::lm::{Gateway, Refusal, Spend};
use crate::module::Module;

/// How many rollouts run at the same time until one of them shows that the run can work.
const UNTIL_IT_WORKS: NonZeroUsize = NonZeroUsize::new(3).unwrap();

/// Everything that is needed to run programs on rows.
pub(super) struct Evaluator<'a, M: Module, E> {
    metric: &'a dyn Metric<E, M::Output>,
    run: &'a Run,
    models: DeclaredModels,
    gateway: Gateway,
    folder: RunFolder,
    failures: RunFailures,
    trials: Mutex<TrialsFile>,
}

/// An evaluation of which some rows are still missing.
pub(super) struct UnfinishedEvaluation {
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
            failures: RunFailures::new(run.max_errors),
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
    /// candidates. The rows are passed on to `each` with the index of the candidate, candidate by candidate and
    /// row by row, but at the end those that the provider failed and that were tried again.
    pub(super) async fn evaluate(
        &self,
        candidates: &[&Candidate<M>],
        rows: &dyn Rows<Row = E>,
        part: Part,
        mut each: impl FnMut(usize, EvaluatedRow<M::Output>),
    ) -> Result<Vec<Evaluation>, Stop> {
        let before = self.gateway.total();
        let unfinished = candidates.iter().map(|c| self.unfinished(c, part));
        let mut evaluations = unfinished.collect::<Result<Vec<_>, _>>()?;
        let (n, all) = (rows.rows().len(), rows.rows().len() * candidates.len());
        let start = |index: usize, which| self.start(candidates[index / n], rows, index % n, which);
        let ended = self
            .run_all(all, start, |index, row| {
                evaluations[index / n].add(|| rows.rows()[index % n].fields(), &row)?;
                each(index / n, row);
                Ok(())
            })
            .await;
        let finished = evaluations.into_iter().map(UnfinishedEvaluation::finish);
        let finished = finished.collect::<Result<Vec<_>, _>>()?;
        self.gateway.sync()?;
        ended?;
        let is_replay = self.gateway.total() == before;
        for (candidate, evaluation) in candidates.iter().zip(&finished) {
            self.note_scores(candidate.id(), part, evaluation, is_replay)?;
        }
        Ok(finished)
    }

    /// Runs candidates on chosen rows and adds these to their evaluations. Returns the scores of each row, as
    /// shares of the range, in the order of rows and candidates. A score that is missing is the worst.
    pub(super) async fn run_on(
        &self,
        entries: &mut [(&Candidate<M>, &mut UnfinishedEvaluation)],
        rows: &dyn Rows<Row = E>,
        chosen: &[usize],
        mut each: impl FnMut(&Candidate<M>, &EvaluatedRow<M::Output>),
    ) -> Result<Vec<Vec<f64>>, Stop> {
        let candidates: Vec<&Candidate<M>> = entries.iter().map(|(one, _)| *one).collect();
        let n = candidates.len();
        let mut scores = vec![vec![0.0; n]; chosen.len()];
        let row_of = |index: usize| chosen[index / n];
        let start =
            |index: usize, which| self.start(candidates[index % n], rows, row_of(index), which);
        let take = |index: usize, row: EvaluatedRow<M::Output>| {
            let score = row.score().unwrap_or(row.rollout.range.worst());
            scores[index / n][index % n] = row.rollout.range.share_of(score);
            each(candidates[index % n], &row);
            entries[index % n]
                .1
                .add(|| rows.rows()[row_of(index)].fields(), &row)
        };
        self.run_all(chosen.len() * n, start, take).await?;
        Ok(scores)
    }

    /// Notes the scores of an evaluation that is complete.
    pub(super) fn note_scores(
        &self,
        candidate: u32,
        part: Part,
        evaluation: &Evaluation,
        is_replay: bool,
    ) -> Result<(), Stop> {
        if evaluation.refused.is_some() {
            return Ok(());
        }
        let past = self.folder.past();
        Ok(past.note(candidate, part, &evaluation.measured, is_replay)?)
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
        self.announce_trials(trials);
        let start = |index: usize, which| self.start_trial(&trials[index], data, which);
        let mut rollouts: Vec<Option<Rollout>> = Vec::new();
        rollouts.resize_with(trials.len(), || None);
        let ended = self.run_all(trials.len(), start, |index, row| {
            rollouts[index] = Some(row.rollout);
            Ok(())
        });
        let ended = ended.await;
        self.record(trials, &rollouts, data)?;
        ended?;
        let rollouts: Vec<Rollout> = rollouts.into_iter().flatten().collect();
        match rollouts.iter().find_map(|rollout| rollout.refusal.clone()) {
            Some(refusal) => Err(Stop::Budget(refusal)),
            None => Ok(rollouts),
        }
    }

    /// The reason why the run cannot work, if the budget ended before any rollout could be judged.
    pub(super) fn why_it_never_worked(&self) -> Option<Stop> {
        if self.failures.works() {
            return None;
        }
        self.failures.of_a_run_that_never_worked().or_else(|| {
            let failure = self.gateway.cut_short()?;
            Some(Stop::cannot_work(Reasons::of(&failure.to_string())))
        })
    }

    /// Runs rollouts concurrently and passes each on once. They are in their order, except that those which
    /// the provider fails are tried once more when all others have ended, and come last.
    async fn run_all<F>(
        &self,
        count: usize,
        start: impl Fn(usize, Try) -> F,
        mut take: impl FnMut(usize, EvaluatedRow<M::Output>) -> Result<(), Stop>,
    ) -> Result<(), Stop>
    where
        F: Future<Output = Result<EvaluatedRow<M::Output>, Stop>>,
    {
        let mut unanswered = Vec::new();
        let mut first_rows = Vec::new();
        let mut done = 0;
        let mut pass_on = |index, row| {
            take(index, row)?;
            done += 1;
            self.announce_rollout(done, count);
            Ok(())
        };
        let first = |index: usize| start(index, Try::First);
        in_order(
            count,
            || self.concurrency(),
            first,
            |index, row| {
                self.failures.count(row.outcome())?;
                if row.rollout.is_unanswered() {
                    unanswered.push(index);
                    first_rows.push(Some(row));
                } else {
                    pass_on(index, row)?;
                }
                Ok(())
            },
        )
        .await?;
        let second = |failed: usize| start(unanswered[failed], Try::Second);
        let mut ended = Vec::with_capacity(unanswered.len());
        in_order(
            unanswered.len(),
            || self.concurrency(),
            second,
            |failed, row| {
                let Some(first) = first_rows[failed].take() else {
                    return Ok(());
                };
                // The budget is used up: the row stays as it was.
                let outcome = match row.rollout.refusal {
                    Some(_) => first.outcome(),
                    None => row.outcome(),
                };
                self.failures.count_second(first.outcome(), outcome)?;
                let is_refused = row.rollout.refusal.is_some();
                ended.push((unanswered[failed], if is_refused { first } else { row }));
                Ok(())
            },
        )
        .await?;
        ended
            .into_iter()
            .try_for_each(|(index, row)| pass_on(index, row))
    }

    /// How many rollouts run at the same time: a few until it is known that the run can work.
    fn concurrency(&self) -> NonZeroUsize {
        match self.failures.works() {
            true => self.run.concurrency,
            false => self.run.concurrency.min(UNTIL_IT_WORKS),
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

    /// Tells observers that trials started. They are named after the first of them.
    fn announce_trials(&self, trials: &[Trial<M>]) {
        if let Some(first) = trials.first() {
            self.run.notify(|| Event::TrialsStarted {
                candidate: first.candidate().id(),
                origin: first.candidate().origin().to_owned(),
                part: first.part(),
                trials: trials.len(),
            });
        }
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
            measured: Box::new(evaluation.measured.clone()),
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
        which: Try,
    ) -> Result<EvaluatedRow<M::Output>, Stop> {
        let input = RolloutInput {
            program: candidate.program(),
            candidate: candidate.id(),
            example: &rows.rows()[index],
            sample: 0,
            temperature: None,
            which,
        };
        let (output, rollout) = self.runner().run(input).await?;
        Ok(EvaluatedRow {
            index,
            origin: rows.origin(index).cloned(),
            output,
            rollout,
        })
    }

    async fn start_trial(
        &self,
        trial: &Trial<M>,
        data: &Splits<E>,
        which: Try,
    ) -> Result<EvaluatedRow<M::Output>, Stop> {
        let example = &rows_of(data, trial.part())[trial.row()];
        let program = program_of(trial, example)?;
        let input = RolloutInput {
            program: &program,
            candidate: trial.candidate().id(),
            example,
            sample: trial.sample_index(),
            temperature: trial.own_temperature(),
            which,
        };
        let (output, rollout) = self.runner().run(input).await?;
        Ok(EvaluatedRow {
            index: trial.row(),
            origin: origin_of(data, trial.part(), trial.row()).cloned(),
            output,
            rollout,
        })
    }

    /// What the trials measured together, if there were any.
    pub(super) fn measured_trials(&self) -> Option<Measured> {
        self.trials().measured()
    }

    /// The ids of all models that a program or the run calls, each once.
    pub(super) fn models_of(&self, program: &M) -> Vec<String> {
        let predictors = program.predictors();
        let own = predictors.iter().map(|predictor| predictor.lm());
        let models: BTreeSet<&str> = ids(own.chain(self.models.iter())).collect();
        models.into_iter().map(str::to_owned).collect()
    }

    fn trials(&self) -> MutexGuard<'_, TrialsFile> {
        self.trials.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes the rollouts of these trials to the run folder.
    fn record(
        &self,
        trials: &[Trial<M>],
        rollouts: &[Option<Rollout>],
        data: &Splits<E>,
    ) -> Result<(), Stop> {
        let mut file = self.trials();
        let ended = trials.iter().zip(rollouts);
        let ended = ended.filter_map(|(trial, rollout)| Some((trial, rollout.as_ref()?)));
        file.write(ended, |trial| {
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

    fn announce_rollout(&self, done: usize, of: usize) {
        for excess in self.gateway.new_excesses() {
            self.run.notify(|| Event::UsageBeyondWorstCase { excess });
        }
        self.run.notify(|| Event::RolloutEnded {
            done,
            of,
            spend: self.gateway.total(),
        });
    }

    /// An evaluation without any rows.
    pub(super) fn unfinished(
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
    /// Adds a row, which has these fields.
    fn add<O>(
        &mut self,
        fields: impl FnOnce() -> Map<String, Value>,
        row: &EvaluatedRow<O>,
    ) -> Result<(), Stop> {
        let rollout = &row.rollout;
        self.results.write(fields, row)?;
        self.tally
            .put(row.index, &rollout.outcome, rollout.broken_checks());
        self.spend += rollout.spend;
        self.refused = self.refused.take().or_else(|| rollout.refusal.clone());
        Ok(())
    }

    pub(super) fn finish(self) -> Result<Evaluation, Stop> {
        self.results.finish()?;
        Ok(Evaluation {
            measured: self.tally.finish(),
            spend: self.spend,
            refused: self.refused,
        })
    }

    /// Ends it after these rows. Returns what was measured on them, and what that cost.
    pub(super) fn stop(self, rows: &[usize]) -> Result<(Measured, Spend), Stop> {
        self.results.stop()?;
        Ok((self.tally.finish_on(rows), self.spend))
    }

    /// Why the budget refused a row, if it did.
    pub(super) const fn take_refusal(&mut self) -> Option<Refusal> {
        self.refused.take()
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
