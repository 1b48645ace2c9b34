//! What an optimizer works with: the program, the data, and the only way to try something.

use std::fmt;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::{Map, Value};

use super::admission::{AdmissionLog, Decision};
use super::candidate::Candidate;
use super::evaluated_row::EvaluatedRow;
use super::evaluation::{Evaluation, Part};
use super::evaluator::Evaluator;
use super::event::{Event, SearchEvent};
use super::history::RunHistory;
use super::proposal::{self, Edit, ProposalRequest, Rejection};
use super::remarks::Remarks;
use super::reserve::HoldoutCost;
use super::rollout::Rollout;
use super::row_outcome::{RowKey, RowOutcome, RowOutcomes};
use super::shown_fields::ShownFields;
use super::stage::{StagePath, StageReport};
use super::stop::Stop;
use super::trial::Trial;
use super::tuned::Tuned;
use crate::call::{CallError, Context};
use crate::evaluate::{Example, Holdout, Rows, Splits};
use crate::lm::{Lm, Purpose, Spend};
use crate::module::{Module, ModuleExt, Predictor};
use crate::random::SeededRng;
use crate::state::State;

/// What an optimizer works with: the program, the data, and the only way to try something.
///
/// | to | use |
/// |---|---|
/// | ask a model for texts of a program | [`propose`](Self::propose) |
/// | ask a model for anything else | [`ask`](Self::ask) |
/// | make candidates of states | [`candidate`](Self::candidate), [`candidates`](Self::candidates) |
/// | measure candidates on the validation part | [`evaluate`](Self::evaluate), [`evaluate_all`](Self::evaluate_all) |
/// | choose between candidates without evaluating all in full | [`race`](Self::race) |
/// | run candidates on chosen rows, with the score and the feedback of each | [`outcomes`](Self::outcomes) |
/// | see the traces as well | [`rollouts`](Self::rollouts) |
/// | say why a candidate is let in or turned away | [`decide`](Self::decide) |
/// | draw random numbers | [`rng`](Self::rng) |
///
/// Every decision that an optimizer makes from what it gets here is the same at any concurrency and in
/// any attempt at the run: results are in the order of what was asked for, and an evaluation that the
/// budget cut short is never returned.
pub struct Study<'a, M: Module, E> {
    student: Candidate<M>,
    data: &'a Splits<E>,
    stage: StagePath,
    tuned: Tuned,
    shared: Arc<SharedByStages<'a, M, E>>,
}

/// What all stages of a run share.
struct SharedByStages<'a, M: Module, E> {
    evaluator: Evaluator<'a, M, E>,
    next_candidate: AtomicU32,
    history: Mutex<RunHistory<M>>,
    outcomes: Mutex<RowOutcomes>,
    spent_on_proposals: Mutex<Spend>,
    log: Mutex<AdmissionLog>,
    remarks: Remarks,
}

impl<'a, M: Module, E: Example<M::Input>> Study<'a, M, E> {
    pub(super) fn new(student: &M, data: &'a Splits<E>, evaluator: Evaluator<'a, M, E>) -> Self {
        let student = Candidate::as_given(student);
        let mut history = RunHistory::new();
        history.note_known(student.state_id(), || student.origin().to_owned());
        Self {
            student,
            data,
            stage: StagePath::default(),
            tuned: Tuned::default(),
            shared: Arc::new(SharedByStages {
                next_candidate: AtomicU32::new(1),
                history: Mutex::new(history),
                outcomes: Mutex::default(),
                spent_on_proposals: Mutex::default(),
                log: Mutex::new(AdmissionLog::new(evaluator.folder().file(""))),
                remarks: Remarks::default(),
                evaluator,
            }),
        }
    }

    /// The program as given, or what an earlier stage made of it. It is never changed.
    #[must_use]
    pub const fn student(&self) -> &M {
        self.student.program()
    }

    /// The student as a candidate. It is evaluated before the search starts.
    #[must_use]
    pub const fn base(&self) -> &Candidate<M> {
        &self.student
    }

    /// A study of the same run for a search that starts from this candidate, as a stage of this study.
    /// Budget, journal, numbers of candidates and all evaluations are shared. The names of random
    /// numbers are those of the stage.
    #[must_use]
    pub fn stage(&self, optimizer: &str, student: &Candidate<M>) -> Self {
        self.stage_tuning(optimizer, student, self.tuned.clone())
    }

    /// As [`stage`](Self::stage), for a search that may change only the predictors at these paths. In all of its
    /// candidates, the others are as in `student`, whatever the search does, and a proposer is not asked for
    /// texts of them.
    #[must_use]
    pub fn stage_of<P: Into<String>>(
        &self,
        optimizer: &str,
        student: &Candidate<M>,
        paths: impl IntoIterator<Item = P>,
    ) -> Self {
        let tuned = self.tuned.only(paths.into_iter().map(Into::into));
        self.stage_tuning(optimizer, student, tuned)
    }

    /// Whether the search may change the predictor at this path. Every predictor may be, except in a study that
    /// [`stage_of`](Self::stage_of) made.
    #[must_use]
    pub fn may_change(&self, path: &str) -> bool {
        self.tuned.has(path)
    }

    fn stage_tuning(&self, optimizer: &str, student: &Candidate<M>, tuned: Tuned) -> Self {
        let first = self.shared.next_candidate.load(Ordering::Relaxed);
        let mut history = self.history();
        let stage = history.start_stage(&self.stage, optimizer, student, first);
        drop(history);
        self.evaluator().run().notify(|| Event::StageStarted {
            stage: stage.to_string(),
            optimizer: optimizer.to_owned(),
            candidate: student.id(),
            origin: student.origin().to_owned(),
        });
        Self {
            student: student.clone(),
            data: self.data,
            stage,
            tuned,
            shared: Arc::clone(&self.shared),
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

    /// The inputs and the gold outputs of a training row, as a proposer may be shown them: fields that are
    /// [private](crate::engine#what-is-shown) to the row are left out. Empty if there is no such row.
    #[must_use]
    pub fn shown_row(&self, row: usize) -> Map<String, Value> {
        let (mut fields, gold) = self.shown_inputs_and_gold(row);
        fields.extend(gold);
        fields
    }

    /// As [`shown_row`](Self::shown_row), with inputs and gold outputs apart.
    #[must_use]
    pub fn shown_inputs_and_gold(&self, row: usize) -> (Map<String, Value>, Map<String, Value>) {
        let fields = self.train().get(row).map(Example::fields);
        let fields = fields.unwrap_or_default();
        let shown = ShownFields::of::<M, E>(self.student());
        let owned = |fields: Vec<(&str, &Value)>| {
            let fields = fields.into_iter();
            let owned = fields.map(|(name, value)| (name.to_owned(), value.clone()));
            owned.collect()
        };
        (owned(shown.inputs(&fields)), owned(shown.gold(&fields)))
    }

    /// A generator of random numbers that depends only on the seed of the run, the stage and this
    /// name.
    #[must_use]
    pub fn rng(&self, name: &str) -> SeededRng {
        SeededRng::new(self.evaluator().run().seed, &self.stage.name(name))
    }

    /// Tells the observers of the run about an event of the optimizer's own.
    pub fn tell(&self, event: impl SearchEvent) {
        if event.is_for_the_report() && !self.shared.remarks.add(event.to_string()) {
            return;
        }
        let run = self.evaluator().run();
        run.notify(|| Event::FromSearch(Arc::new(event)));
    }

    /// Makes a candidate of a state. `origin` says in words where it comes from.
    ///
    /// # Errors
    ///
    /// If the state does not fit the program.
    pub fn candidate(
        &self,
        origin: impl Into<String>,
        state: &State,
    ) -> Result<Candidate<M>, Stop> {
        let program = self.with_state(state)?;
        Ok(self.number(&origin.into(), program))
    }

    /// Makes candidates of several states, each with its origin in words. Their numbers are in the
    /// order of the states, so an optimizer that works on several states concurrently makes its
    /// candidates in one place.
    ///
    /// # Errors
    ///
    /// If one of the states does not fit the program. Then none becomes a candidate.
    pub fn candidates(&self, states: &[(String, State)]) -> Result<Vec<Candidate<M>>, Stop> {
        let programs = states.iter().map(|(_, state)| self.with_state(state));
        let programs = programs.collect::<Result<Vec<_>, _>>()?;
        let origins = states.iter().map(|(origin, _)| origin);
        Ok(origins
            .zip(programs)
            .map(|(origin, program)| self.number(origin, program))
            .collect())
    }

    /// Evaluates a candidate on the whole validation part. What was measured of an equal state is not
    /// measured again.
    ///
    /// # Errors
    ///
    /// If the budget ends before the last row, too many rollouts fail, or nothing more can be called.
    pub async fn evaluate(&self, candidate: &Candidate<M>) -> Result<Evaluation, Stop> {
        let mut evaluations = self.evaluate_all(std::slice::from_ref(candidate)).await?;
        Ok(evaluations.swap_remove(0))
    }

    /// Evaluates several candidates on the whole validation part, concurrently. The evaluations are in
    /// the order of the candidates. Equal states are measured once.
    ///
    /// # Errors
    ///
    /// As [`evaluate`](Self::evaluate). If the budget ends before the last row of the last candidate,
    /// none of the candidates counts as evaluated: which of them were complete would depend on the
    /// order of the calls. To keep those that fit, evaluate one after the other.
    pub async fn evaluate_all(&self, candidates: &[Candidate<M>]) -> Result<Vec<Evaluation>, Stop> {
        let new = self.not_entered(candidates);
        for candidate in &new {
            let rows = self.val().len();
            self.evaluator().announce(candidate, Part::Val, rows);
        }
        self.note(&new)?;
        let unknown = self.unknown(&new);
        let evaluations = self
            .evaluate_on(&unknown, self.data.val(), Part::Val)
            .await?;
        for (candidate, evaluation) in unknown.iter().zip(evaluations) {
            self.history().record(candidate.state_id(), evaluation);
        }
        for candidate in new {
            self.enter(candidate)?;
        }
        self.reserve_for_holdout();
        Ok(candidates.iter().filter_map(|c| self.measured(c)).collect())
    }

    /// What candidates did on chosen rows, in the order of the trials. A row that the run has already run in
    /// the same state and on the same sample is neither run nor judged again.
    ///
    /// # Errors
    ///
    /// As [`evaluate`](Self::evaluate).
    pub async fn outcomes(&self, trials: &[Trial<M>]) -> Result<Vec<RowOutcome>, Stop> {
        let missing = self.missing(trials);
        if !missing.is_empty() {
            self.rollouts(&missing).await?;
        }
        Ok(trials.iter().filter_map(|trial| self.held(trial)).collect())
    }

    /// Runs trials, each a candidate on one row, concurrently. The rollouts are in the order of the
    /// trials; each has the trace, the score and the feedback of its row. A training row is never shown
    /// a demo that was made of it. What the run has called already is not called again.
    ///
    /// # Errors
    ///
    /// As [`evaluate`](Self::evaluate).
    pub async fn rollouts(&self, trials: &[Trial<M>]) -> Result<Vec<Rollout>, Stop> {
        let candidates: Vec<_> = trials.iter().map(Trial::candidate).collect();
        self.note(&candidates)?;
        let rollouts = self.evaluator().rollouts(trials, self.data).await?;
        let mut outcomes = self.outcomes_of_rows();
        for (trial, rollout) in trials.iter().zip(&rollouts) {
            outcomes.keep(RowKey::of(trial), rollout);
        }
        Ok(rollouts)
    }

    /// Asks a proposer for texts of programs, concurrently. `read` takes the texts out of its output, one for
    /// each component of the request. The result is in the order of the requests: the texts, if they keep to
    /// [the rules of the run](super::Run::proposals), or why they are turned away. A proposal that is turned
    /// away costs no evaluation.
    ///
    /// A proposer is any module whose models are those of the student or among
    /// [`Search::models`](super::Search::models). A reply of it that cannot be read, and a provider that fails,
    /// turn away this one proposal.
    ///
    /// ```
    /// use dashoptimize::engine::{Component, Edit, ProposalRequest, Stop, Study};
    /// use dashoptimize::evaluate::Example;
    /// use dashoptimize::prelude::*;
    ///
    /// /// Write a better instruction.
    /// #[signature]
    /// struct Rewrite {
    ///     #[input]
    ///     instruction: String,
    ///     #[output]
    ///     better: String,
    /// }
    ///
    /// /// Several other instructions for the predictor `answer`.
    /// async fn others<M: Module, E: Example<M::Input>>(
    ///     study: &Study<'_, M, E>,
    ///     proposer: &Predict<Rewrite>,
    /// ) -> Result<Vec<Edit>, Stop> {
    ///     let component = Component::instructions("answer");
    ///     let instruction = component.text(study.student()).unwrap_or_default();
    ///     let request = |sample| {
    ///         let input = |_room| RewriteInput { instruction: instruction.clone() };
    ///         ProposalRequest::new(study.base(), [component.clone()], input)
    ///             .sample(sample)
    ///             .temperature(1.0)
    ///     };
    ///     let requests: Vec<_> = (0..5).map(request).collect();
    ///     let proposals = study.propose(proposer, &requests, |output| vec![output.better]).await?;
    ///     Ok(proposals.into_iter().flatten().collect())
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// If the budget is used up, nothing more can be called, or a model is not declared.
    pub async fn propose<P: Module>(
        &self,
        proposer: &P,
        requests: &[ProposalRequest<'_, M, P::Input>],
        read: impl Fn(P::Output) -> Vec<String> + Send,
    ) -> Result<Vec<Result<Edit, Rejection>>, Stop> {
        self.check_models(proposer)?;
        let (answers, spend) =
            proposal::propose(self.evaluator(), proposer, requests, &self.tuned).await?;
        *lock(&self.shared.spent_on_proposals) += spend;
        let answers = answers.into_iter().map(|answer| answer.map(&read));
        let proposals = requests.iter().zip(answers);
        proposals
            .map(|(request, texts)| self.examine(request, texts))
            .collect()
    }

    /// What all calls of [`propose`](Self::propose) of the run cost so far. Replies from the journal count as if
    /// they were paid for now, so that an optimizer may decide by it.
    #[must_use]
    pub fn spent_on_proposals(&self) -> Spend {
        *lock(&self.shared.spent_on_proposals)
    }

    /// Asks a program of the optimizer's own, such as one that describes the data. `purpose` says
    /// what the call is entered as in the ledger, and `sample` which sample of the replies is drawn.
    /// All models of the program must be those of the student or among
    /// [`Search::models`](super::Search::models). Texts that become a part of a candidate are asked for with
    /// [`propose`](Self::propose).
    ///
    /// # Errors
    ///
    /// The outer error ends the search: the budget is used up, nothing more can be called, or a model
    /// is not declared. The inner error is that of this one call, such as a reply that cannot be read.
    pub async fn ask<P: Module>(
        &self,
        purpose: Purpose,
        program: &P,
        input: P::Input,
        sample: u32,
    ) -> Result<Result<P::Output, CallError>, Stop> {
        self.check_models(program)?;
        let context = Context::new(self.evaluator().gateway())
            .with_purpose(purpose)
            .with_candidate(self.student.id())
            .with_sample(sample);
        proposal::answer(&context, program, input).await
    }

    /// Writes a decision about a candidate to the log of the run.
    ///
    /// # Errors
    ///
    /// If the log cannot be written.
    pub fn decide(&self, decision: Decision<'_, M>) -> Result<(), Stop> {
        self.note(&[decision.candidate])?;
        self.record(
            decision.candidate,
            decision.decision,
            &decision.rule,
            decision.reason,
            &decision.evidence,
        )
    }

    /// The best candidate of the run on the validation part so far, the program as given included.
    ///
    /// The best is the one with the highest [`score_at_worst`](crate::evaluate::Measured::score_at_worst);
    /// of equal ones the one with the smallest number. A row on which the provider failed thus counts
    /// against the candidate that lacks it, and no candidate gets better by leaving rows out. In addition, a
    /// candidate takes the place of the program as given only if it did no worse on those rows on which the
    /// program as given has a score, so that it does not gain by the other's missing rows either.
    #[must_use]
    pub fn best(&self) -> Option<Candidate<M>> {
        self.history()
            .best()
            .map(|(candidate, _)| candidate.clone())
    }

    /// What was measured of the best candidate.
    pub(super) fn best_evaluation(&self) -> Option<Evaluation> {
        self.history()
            .best()
            .map(|(_, evaluation)| evaluation.clone())
    }

    /// Evaluates candidates on rows. An evaluation that the budget cut short is not returned, because
    /// which rows it holds depends on the order of the calls.
    pub(super) async fn evaluate_on(
        &self,
        candidates: &[&Candidate<M>],
        rows: &dyn Rows<Row = E>,
        part: Part,
    ) -> Result<Vec<Evaluation>, Stop> {
        let keep = |index: usize, row: EvaluatedRow<M::Output>| {
            if part == Part::Val {
                self.keep(candidates[index], &row);
            }
        };
        let evaluator = self.evaluator();
        let mut evaluations = evaluator.evaluate(candidates, rows, part, keep).await?;
        match evaluations.iter_mut().find_map(|e| e.refused.take()) {
            Some(refusal) => Err(Stop::Budget(refusal)),
            None => Ok(evaluations),
        }
    }

    pub(super) fn evaluator(&self) -> &Evaluator<'a, M, E> {
        &self.shared.evaluator
    }

    /// The rows to choose by, with where they came from.
    pub(super) fn val_rows(&self) -> &'a dyn Rows<Row = E> {
        self.data.val()
    }

    /// All evaluations on the validation part, by number of candidate.
    pub(super) fn evaluations(&self) -> Vec<(Candidate<M>, Evaluation)> {
        self.history().entries().cloned().collect()
    }

    /// What the report of the run says of the search.
    pub(super) fn remarks(&self) -> Vec<String> {
        self.shared.remarks.all()
    }

    /// The stages so far, with what each of them gained.
    pub(super) fn stages(&self) -> Vec<StageReport> {
        self.history().stages()
    }

    /// Reserves what the hold-out takes, by what was measured so far and by nothing else: in a resumed run,
    /// everything that earlier attempts spent counts as spent from the start.
    pub(super) fn reserve_for_holdout(&self) {
        let evaluator = self.evaluator();
        if self.data.holdout().is_none() || !evaluator.run().wants_verdict {
            return;
        }
        let Some((base, candidates)) = self.base_and_candidates() else {
            return;
        };
        let cost = self.holdout_cost();
        let reserve = match candidates.is_empty() {
            true => cost.before_candidates(&base),
            false => cost.after(&base, &candidates),
        };
        evaluator.gateway().set_reserve(reserve);
    }

    /// What was measured of the program as given, and of all candidates with another state.
    pub(super) fn base_and_candidates(&self) -> Option<(Evaluation, Vec<Evaluation>)> {
        self.history().base_and_candidates()
    }

    /// What the hold-out costs, as far as it is known.
    pub(super) fn holdout_cost(&self) -> HoldoutCost {
        let rows = self.data.holdout().map_or(0, Holdout::len);
        let (_, largest) = self.evaluator().gateway().spent_and_largest();
        HoldoutCost::new(rows, largest)
    }

    /// The student in this state, except for what may not be changed.
    fn with_state(&self, state: &State) -> Result<M, Stop> {
        let state = self.tuned.kept(state, || self.student().state());
        Ok(self.student().with_state(&state)?)
    }

    /// What is kept of rows that were run.
    pub(super) fn outcomes_of_rows(&self) -> MutexGuard<'_, RowOutcomes> {
        lock(&self.shared.outcomes)
    }

    fn number(&self, origin: &str, program: M) -> Candidate<M> {
        let id = self.shared.next_candidate.fetch_add(1, Ordering::Relaxed);
        let parents = [self.student.id()];
        let candidate = Candidate::new(id, &self.stage.name(origin), program, &parents);
        let name = || format!("candidate {id}");
        self.history().note_known(candidate.state_id(), name);
        candidate
    }

    /// Checks that a program of the optimizer's calls only models of the student and declared ones.
    fn check_models<P: Module>(&self, program: &P) -> Result<(), Stop> {
        let models = self.evaluator().models();
        let student = self.student().predictors();
        let is_own = |lm: &Lm| student.iter().any(|own| own.lm().info().id == lm.info().id);
        let predictors = program.predictors().into_iter();
        let mut others = predictors.map(Predictor::lm).filter(|lm| !is_own(lm));
        others.try_for_each(|lm| models.check_declared(lm))
    }

    /// The log of decisions.
    pub(super) fn log(&self) -> MutexGuard<'_, AdmissionLog> {
        lock(&self.shared.log)
    }

    /// The stage in the log; none of a run without stages.
    pub(super) fn stage_in_log(&self) -> Option<String> {
        self.stage.in_log()
    }

    pub(super) fn history(&self) -> MutexGuard<'_, RunHistory<M>> {
        lock(&self.shared.history)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<M: Module, E: Example<M::Input>> fmt::Debug for Study<'_, M, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Study")
            .field("run", self.evaluator().run())
            .field("gateway", self.evaluator().gateway())
            .finish_non_exhaustive()
    }
}
