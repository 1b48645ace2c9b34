//! The search.

use serde::Serialize;
use serde_json::{Value, json};

use super::demo_sets::{demo_sets, with_fewer_demos};
use super::failed_runs;
use super::news::RacerNews;
use super::proposer::{MendInstruction, MendInstructionInput, MendInstructionOutput};
use super::shorter::{prompt_bytes, shortest};
use crate::call::{Bounds, CallsPerRun};
use crate::engine::{
    Candidate, Component, Decision, Evaluation, Evidence, Forecast, ProposalRequest, Raced,
    Rollout, Search, Sizes, Stop, Study, Trial,
};
use crate::evaluate::Example;
use crate::lm::Lm;
use crate::module::{Module, ModuleExt, Predict, Predictor};
use crate::optimizer::bootstrap::{Bootstrap, bootstrap_setters};
use crate::optimizer::proposer::{Proposer, model_of};
use crate::optimizer::stage::{NoMetric, takes_metric};

/// Differences of means that are equal in exact arithmetic differ by less.
const ROUNDING: f64 = 1e-9;

/// Improves demos and instructions with few calls: whatever can be told early is not paid for in full.
///
/// 1. The program as given is compared with a few [demo sets](Self::demo_sets): labelled rows, and
///    bootstrapped demos.
/// 2. In each [round](Self::rounds), the best candidate runs on training rows that it has not been run on
///    yet. On rows on which it could do better, a model is shown what went wrong, and proposes
///    [instructions](Self::proposals), one predictor after the other. It is told to change little, and which
///    instructions were tried before without success.
/// 3. At the end, the best candidate is compared with itself with fewer demos, and the shortest prompt is
///    chosen of those of which the rows do not speak against it.
///
/// All comparisons are [races](Study::race) with the best candidate so far, so that a candidate that is worse
/// costs few rows. The search ends when nothing is left to gain: every validation row has the best score, none
/// of the training rows fails, or [several rounds](Self::patience) in a row improved nothing.
///
/// Use it when each call costs money or time, and as the first optimizer that writes instructions.
///
/// It makes, beyond those of the bootstrap, at most `rounds · (failures_from + proposals)` calls and
/// `(demo_sets + rounds · proposals + 2) · n` runs on the `n` validation rows; races make most of the latter
/// unnecessary, and the report says how many.
///
/// What it costs was measured on seven tasks with a known optimum, 20 seeds each: it went 0.89 of the way to the
/// optimum with 919 calls a run. [`MIPROv2`](crate::optimizer::MIPROv2) with its defaults went 0.57 of it with 547
/// calls, and [`GEPA`](crate::optimizer::GEPA) with its defaults, which allow 100 runs of the program, 0.33 with 147.
/// So it finds more, and is not cheaper: a candidate that is neither better nor shown to be worse costs all rows, and
/// with some 60 rows only large losses are shown earlier.
///
/// Source: own. That few rows with a high variance of scores between candidates suffice is from *p1* (arXiv
/// 2604.08801), bounded edits and the memory of rejected ones are from *SkillOpt* (arXiv 2605.23904), and
/// several proposals of one step, of which all are compared, are from GEPA's batched search (2026).
#[derive(Clone, Debug, Serialize)]
pub struct Racer<X = NoMetric> {
    #[serde(skip)]
    metric: X,
    #[serde(skip)]
    proposer_lm: Option<Lm>,
    #[serde(skip_serializing_if = "Proposer::is_own")]
    proposer: Proposer<MendInstructionInput, MendInstructionOutput>,
    demo_sets: usize,
    rounds: usize,
    proposals: u32,
    patience: usize,
    failures_from: usize,
    temperature: f64,
    prefers_shorter: bool,
    #[serde(flatten)]
    bootstrap: Bootstrap,
}

impl<X> Racer<X> {
    const fn with(metric: X) -> Self {
        Self {
            metric,
            proposer_lm: None,
            proposer: Proposer::OWN,
            demo_sets: 3,
            rounds: 6,
            proposals: 3,
            patience: 3,
            failures_from: 12,
            temperature: 1.0,
            prefers_shorter: true,
            bootstrap: Bootstrap::DEFAULT,
        }
    }

    /// Sets the model that proposes instructions. By default it is that of the program's first predictor.
    ///
    /// Each of its replies may have 1,000 tokens; a module that is set with [`propose_with`](Self::propose_with) has
    /// its own limit.
    #[must_use]
    pub fn proposer(mut self, lm: impl Into<Lm>) -> Self {
        self.proposer_lm = Some(lm.into());
        self
    }

    /// Sets another program that proposes instructions, with the inputs and the output of
    /// [`MendInstruction`](super::MendInstruction).
    #[must_use]
    pub fn propose_with(
        mut self,
        module: impl Module<Input = MendInstructionInput, Output = MendInstructionOutput>,
    ) -> Self {
        self.proposer = Proposer::of_user(module);
        self
    }

    /// Sets how many demo sets are tried. Default 3: labelled rows, and two sets of bootstrapped demos. With 0,
    /// only instructions are changed.
    #[must_use]
    pub const fn demo_sets(mut self, sets: usize) -> Self {
        self.demo_sets = sets;
        self
    }

    /// Sets how many rounds of proposals there are at most. Default 6. With 0, only demos are tried.
    #[must_use]
    pub const fn rounds(mut self, rounds: usize) -> Self {
        self.rounds = rounds;
        self
    }

    /// Sets how many instructions are proposed in a round. Default 3.
    #[must_use]
    pub const fn proposals(mut self, proposals: u32) -> Self {
        self.proposals = proposals;
        self
    }

    /// Sets how many rounds in a row may improve nothing before the search ends. Default 3.
    #[must_use]
    pub const fn patience(mut self, rounds: usize) -> Self {
        self.patience = rounds;
        self
    }

    /// Sets on how many training rows the best candidate is run in a round, to see where it fails. Default 12.
    #[must_use]
    pub const fn failures_from(mut self, rows: usize) -> Self {
        self.failures_from = rows;
        self
    }

    /// Sets the temperature at which instructions are proposed. Default 1.0.
    #[must_use]
    pub const fn temperature(mut self, temperature: f64) -> Self {
        self.temperature = temperature;
        self
    }

    /// Sets whether a shorter prompt is chosen if the rows do not speak against it. Default true.
    #[must_use]
    pub const fn prefers_shorter(mut self, prefers: bool) -> Self {
        self.prefers_shorter = prefers;
        self
    }
}

bootstrap_setters!(Racer);

takes_metric!(Racer: "3 demo sets, at most 6 rounds of 3 proposals.");

/// The best candidate so far, with what was measured of it on all validation rows.
type Best<M> = (Candidate<M>, Evaluation);

/// A search in progress.
struct Racing<'r, 's, M: Module, E> {
    study: &'r Study<'s, M, E>,
    best: Best<M>,
    /// All others that were evaluated on all validation rows.
    finished: Vec<Best<M>>,
    /// Instructions that did not help.
    tried: Vec<String>,
    /// Training rows, those that come next first.
    rows: Vec<usize>,
}

/// A run of the best candidate on a training row.
type TrainingRun = (usize, Rollout);

impl<M, E, X> Search<M, E> for Racer<X>
where
    M: Module,
    E: Example<M::Input>,
    X: Send + Sync,
{
    fn name(&self) -> &'static str {
        "Racer"
    }

    fn settings(&self) -> Value {
        json!(self)
    }

    fn models(&self) -> Vec<Lm> {
        let set = self.proposer_lm.iter().cloned();
        set.chain(self.proposer.models()).collect()
    }

    fn forecast(&self, sizes: Sizes) -> Forecast {
        let (rounds, per_round) = (self.rounds as u64, u64::from(self.proposals));
        let proposals = Bounds::up_to(rounds * per_round);
        let sets = self.demo_sets as u64;
        let bootstrapped = match self.demo_sets {
            0 | 1 => 0,
            _ => self.bootstrap.most_runs(sizes.train),
        };
        let failures = (self.failures_from.max(1) as u64).min(sizes.train);
        let forecast = Forecast::runs(
            bootstrapped + rounds * failures,
            (sets + rounds * per_round + 2) * sizes.val,
        );
        let calls = self.proposer.calls_for(proposals, CallsPerRun::ONE);
        let forecast = forecast.with_proposals(proposals, calls, self.proposer.tokens_of_text());
        forecast.with_demos(self.bootstrap.most_demos())
    }

    async fn search(&self, study: &Study<'_, M, E>) -> Result<Candidate<M>, Stop> {
        self.bootstrap.check()?;
        let mut racing = Racing::start(study).await?;
        if !racing.is_perfect() {
            let sets = demo_sets(study, &self.bootstrap, self.demo_sets).await?;
            racing.race(sets).await?;
        }
        self.propose(&mut racing).await?;
        if self.prefers_shorter {
            let fewer = with_fewer_demos(study, &racing.best.0)?;
            racing.race(fewer).await?;
            return racing.shortest();
        }
        Ok(racing.best.0)
    }
}

impl<X: Send + Sync> Racer<X> {
    /// Rounds of proposals, as long as they help.
    async fn propose<M: Module, E: Example<M::Input>>(
        &self,
        racing: &mut Racing<'_, '_, M, E>,
    ) -> Result<(), Stop> {
        let mut in_vain = 0;
        for round in 1..=self.rounds {
            if racing.is_perfect() {
                racing.study.tell(RacerNews::NothingToGain);
                return Ok(());
            }
            let failed = racing.failures(self.failures_from).await?;
            if failed.is_empty() {
                return Ok(());
            }
            let candidates = self.mend(racing, &failed, round).await?;
            let improved = racing.race(candidates).await?;
            in_vain = if improved { 0 } else { in_vain + 1 };
            if !improved {
                racing.study.tell(RacerNews::NoImprovement { round });
            }
            if in_vain > 0 && in_vain >= self.patience {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Candidates with instructions that a model proposes for what failed.
    async fn mend<M: Module, E: Example<M::Input>>(
        &self,
        racing: &Racing<'_, '_, M, E>,
        failed: &[TrainingRun],
        round: usize,
    ) -> Result<Vec<Candidate<M>>, Stop> {
        let (study, parent) = (racing.study, &racing.best.0);
        let predictors = parent.program().predictors();
        let Some(lm) = model_of(self.proposer_lm.as_ref(), parent.program()) else {
            return Ok(Vec::new());
        };
        let own = || Predict::<MendInstruction>::new(&lm).under("propose");
        let proposer = self.proposer.ready(own);
        let requests = (0..self.proposals).map(|proposal| {
            // One predictor after the other, in this round and in all.
            let place = (round - 1) * self.proposals as usize + proposal as usize;
            let predictor = predictors[place % predictors.len()];
            racing
                .request(predictor, failed)
                .sample(u32::try_from(place).unwrap_or(u32::MAX))
                .temperature(self.temperature)
        });
        let requests: Vec<_> = requests.collect();
        let read = |output: MendInstructionOutput| vec![output.better];
        let proposals = study.propose(&proposer, &requests, read).await?;
        let mut candidates = Vec::new();
        for (proposal, edit) in proposals.into_iter().enumerate() {
            let Ok(edit) = edit else { continue };
            let origin = format!(
                "round {round}, proposal {} for #{}",
                proposal + 1,
                parent.id()
            );
            let candidate = study.candidate(origin, edit.state())?;
            candidates.push(
                candidate
                    .with_sources(parent.sources().clone())
                    .with_parents([parent]),
            );
        }
        Ok(candidates)
    }
}

impl<'r, 's, M: Module, E: Example<M::Input>> Racing<'r, 's, M, E> {
    /// With the student, which was evaluated before.
    async fn start(study: &'r Study<'s, M, E>) -> Result<Self, Stop> {
        let base = study.base().clone();
        let evaluation = study.evaluate(&base).await?;
        let mut rows: Vec<usize> = (0..study.train().len()).collect();
        study.rng("rows to fail on").shuffle(&mut rows);
        Ok(Self {
            study,
            best: (base, evaluation),
            finished: Vec::new(),
            tried: Vec::new(),
            rows,
        })
    }

    fn is_perfect(&self) -> bool {
        let measured = &self.best.1.measured;
        let best = measured.range().best();
        measured.scores().all(|score| score == Some(best))
    }

    /// Lets candidates race with the best one. Returns whether one of them takes its place: it has a higher
    /// score, or the same with a shorter prompt.
    async fn race(&mut self, candidates: Vec<Candidate<M>>) -> Result<bool, Stop> {
        if candidates.is_empty() {
            return Ok(false);
        }
        let racers: Vec<_> = [&self.best.0]
            .into_iter()
            .chain(&candidates)
            .cloned()
            .collect();
        let race = self.study.race(&racers).await?;
        let mut improved = false;
        let parents = self.best.0.id();
        for (candidate, raced) in candidates.into_iter().zip(race.raced.into_iter().skip(1)) {
            if candidate == self.best.0 {
                continue;
            }
            self.note_tried(&candidate);
            if let Raced::Finished(evaluation) = raced {
                improved |= self.compare((candidate, evaluation))?;
            }
        }
        debug_assert!(improved == (self.best.0.id() != parents));
        Ok(improved)
    }

    /// Makes it the best one, if it is. The other of the two is kept as well.
    fn compare(&mut self, other: Best<M>) -> Result<bool, Stop> {
        let score = |best: &Best<M>| {
            best.1
                .measured
                .score_at_worst()
                .unwrap_or(f64::NEG_INFINITY)
        };
        let gain = score(&other) - score(&self.best);
        let is_shorter = prompt_bytes(other.0.program()) < prompt_bytes(self.best.0.program());
        let is_better = gain > ROUNDING || (gain.abs() <= ROUNDING && is_shorter);
        let rule = "higher score, or the same with a shorter prompt";
        let reason = format!(
            "{:.4} against {:.4} of #{}",
            score(&other),
            score(&self.best),
            self.best.0.id()
        );
        let decision = match is_better {
            true => Decision::admitted(&other.0, rule, reason),
            false => Decision::rejected(&other.0, rule, reason),
        };
        let rows = 0..self.study.val().len();
        self.study.decide(decision.evidence(Evidence::val(rows)))?;
        let loser = match is_better {
            true => std::mem::replace(&mut self.best, other),
            false => other,
        };
        self.finished.push(loser);
        Ok(is_better)
    }

    /// Remembers the instructions of a candidate.
    fn note_tried(&mut self, candidate: &Candidate<M>) {
        for predictor in candidate.program().predictors() {
            let instructions = &predictor.state().instructions;
            if let Some(text) = instructions
                .as_ref()
                .filter(|text| !self.tried.contains(text))
            {
                self.tried.push(text.clone());
            }
        }
    }

    /// Runs the best candidate on the next training rows, and returns those that could be better. When all
    /// rows were run, they come again.
    async fn failures(&mut self, rows: usize) -> Result<Vec<TrainingRun>, Stop> {
        let rows = rows.clamp(1, self.rows.len());
        let next: Vec<usize> = self.rows[..rows].to_vec();
        self.rows.rotate_left(rows);
        let trials = next.iter().map(|row| Trial::on_train(&self.best.0, *row));
        let runs = self.study.rollouts(&trials.collect::<Vec<_>>()).await?;
        let best = self.best.1.measured.range().best();
        let could_be_better = |run: &TrainingRun| run.1.score().is_some_and(|score| score < best);
        let runs = next.into_iter().zip(runs);
        let failed: Vec<TrainingRun> = runs.filter(could_be_better).collect();
        self.study.tell(RacerNews::Failures {
            failed: failed.len(),
            of: rows,
        });
        Ok(failed)
    }

    fn request<'q>(
        &'q self,
        predictor: &'q Predictor,
        failed: &'q [TrainingRun],
    ) -> ProposalRequest<'q, M, MendInstructionInput> {
        let component = Component::instructions(predictor.path());
        let instruction = component.text(self.best.0.program()).unwrap_or_default();
        let tried = self
            .tried
            .iter()
            .filter(|text| **text != instruction)
            .cloned();
        let tried: Vec<String> = tried.collect();
        let runs = failed
            .iter()
            .map(|(row, run)| (run, self.study.train()[*row].fields()));
        let failures = failed_runs::shown(predictor, runs);
        let input = move |room: crate::engine::Room| MendInstructionInput {
            step: format!("`{}` ({})", predictor.path(), predictor.spec()),
            instruction: instruction.clone(),
            failures: room.one_of(2).fit(&failures),
            tried: match tried.is_empty() {
                true => "none".to_owned(),
                false => room.one_of(4).fit_last(&tried),
            },
        };
        let rows = failed.iter().map(|(row, _)| *row);
        ProposalRequest::new(&self.best.0, [component], input).evidence(Evidence::train(rows))
    }

    /// The best candidate, or a shorter one of which the rows do not speak against it.
    fn shortest(self) -> Result<Candidate<M>, Stop> {
        let Some((candidate, bytes)) = shortest(&self.best, &self.finished) else {
            return Ok(self.best.0);
        };
        self.study.tell(RacerNews::Shorter {
            candidate: candidate.id(),
            bytes,
        });
        let reason = format!("{bytes} bytes shorter than #{}", self.best.0.id());
        let rule = "shorter prompt, and nothing speaks against it";
        self.study
            .decide(Decision::admitted(candidate, rule, reason))?;
        Ok(candidate.clone())
    }
}
