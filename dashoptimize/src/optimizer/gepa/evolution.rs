//! The loop of a search: generations of proposals, of which those that are better join the population.

use std::collections::BTreeMap;

use super::breeders::Breeding;
use super::child::Child;
use super::components::components;
use super::fronts::{Fronts, ROUNDING};
use super::lesson::Task;
use super::limits::{GepaProgress, Limits};
use super::lineage::Merging;
use super::minibatches::Minibatches;
use super::news::GepaNews;
use super::population::{Member, Population};
use super::proposer::{ReviseText, ReviseTextInput, ReviseTextOutput};
use super::rejected::RejectedEdits;
use super::runs_counted::RunsCounted;
use super::settings::Settings;
use crate::engine::{Candidate, Component, Evaluation, Stop, Study, Trial};
use crate::evaluate::{Example, ScoreRange};
use crate::lm::{Spend, Usd};
use crate::module::{Module, ModuleExt, Predict};
use crate::optimizer::proposer::{ReadyProposer, model_of};
use crate::random::SeededRng;

/// A search that is under way.
pub(super) struct Evolution<'s, 'a, M: Module, E> {
    pub(super) settings: &'s Settings,
    pub(super) study: &'s Study<'a, M, E>,
    pub(super) proposer: ReadyProposer<ReviseTextInput, ReviseTextOutput>,
    pub(super) components: Vec<Component>,
    pub(super) range: ScoreRange,
    pub(super) population: Population<M>,
    pub(super) fronts: Fronts,
    pub(super) minibatches: Minibatches,
    pub(super) rejected: RejectedEdits,
    pub(super) runs: RunsCounted,
    pub(super) merging: Merging,
    pub(super) progress: GepaProgress,
    /// How many texts were asked for, so that no two requests are one sample of the same reply.
    pub(super) asked: u32,
    pub(super) rng: SeededRng,
}

impl<'s, 'a, M: Module, E: Example<M::Input>> Evolution<'s, 'a, M, E> {
    /// A search that starts from the base of the study and from the initial population.
    pub(super) async fn start(
        settings: &'s Settings,
        study: &'s Study<'a, M, E>,
    ) -> Result<Self, Stop> {
        settings.check()?;
        let base = study.base();
        let evaluation = study.evaluate(base).await?;
        let rng = |name: &str| match settings.seed {
            Some(seed) => study.rng(&format!("gepa {name}, seed {seed}")),
            None => study.rng(&format!("gepa {name}")),
        };
        let size = settings.reflection_minibatch_size;
        let mut evolution = Self {
            settings,
            study,
            proposer: proposer(settings, study)?,
            components: components(study.student(), settings.kinds),
            range: evaluation.measured.range(),
            population: Population::new(),
            fronts: Fronts::default(),
            minibatches: Minibatches::new(study.train().len(), size, rng("minibatches")),
            rejected: RejectedEdits::new(settings.remember_rejected),
            runs: RunsCounted::new(metric_calls(settings, study), settings.counts_every_run),
            merging: Merging::default(),
            progress: GepaProgress::START,
            asked: 0,
            rng: rng("choices"),
        };
        if settings.counts_every_run {
            evolution.runs.count_evaluation(study.val().len());
        }
        evolution.check_metric_calls()?;
        evolution
            .join(base.clone(), &evaluation, Vec::new())
            .await?;
        evolution.add_initial_population().await?;
        Ok(evolution)
    }

    /// Searches until a limit is reached. Returns the best candidate.
    pub(super) async fn run(mut self) -> Result<Candidate<M>, Stop> {
        let reason = loop {
            if let Some(reason) = self.end() {
                break reason;
            }
            self.generation().await?;
        };
        self.study.tell(GepaNews::Ended { reason });
        let best = self.population.best();
        Ok(self.population.member(best).candidate.clone())
    }

    async fn generation(&mut self) -> Result<(), Stop> {
        let before = self.progress;
        self.progress.generations += 1;
        let tried = match self.merge().await? {
            true => 1,
            false => self.reflect().await?,
        };
        let progress = &mut self.progress;
        progress.metric_calls = self.runs.used();
        progress.reflection_cost = dollars(self.study.spent_on_proposals());
        let is_gain = progress.best_score > before.best_score + ROUNDING;
        progress.generations_without_gain = next(is_gain, before.generations_without_gain);
        progress.idle_generations = next(tried > 0, before.idle_generations);
        self.study.tell(GepaNews::GenerationEnded {
            generation: progress.generations,
            tried,
            admitted: progress.candidates - before.candidates,
            best_score: progress.best_score,
            metric_calls: progress.metric_calls,
        });
        Ok(())
    }

    /// Proposes children of the parents of this generation. Returns how many were tried.
    async fn reflect(&mut self) -> Result<usize, Stop> {
        let tasks = self.tasks();
        let lessons = self.learn(tasks).await?;
        let children = self.propose(&lessons).await?;
        let tried = children.len();
        let accepted = self.judge(&lessons, children).await?;
        self.admit(accepted).await?;
        Ok(tried)
    }

    /// What this generation works on: parents, and minibatches for each.
    fn tasks(&mut self) -> Vec<Task> {
        let means = self.population.means();
        let breeding = Breeding {
            selection: self.settings.parent_selection,
            fronts: self.fronts.holders(),
            means: &means,
            at_most: self.settings.population_size,
            best_breeds: self.settings.best_breeds,
        };
        let mut tasks = Vec::new();
        for _ in 0..self.settings.parents {
            let parent = breeding.draw(&mut self.rng);
            for _ in 0..self.settings.proposals {
                if tasks.len() < self.most_tasks() {
                    let turn = self.population.member_mut(parent).take_turn();
                    let rows = self.minibatches.next();
                    tasks.push(Task { parent, rows, turn });
                }
            }
        }
        tasks
    }

    /// For how many tasks the limits suffice, with one child that is accepted.
    fn most_tasks(&self) -> usize {
        let spare = self
            .runs
            .left()
            .map(|left| left.saturating_sub(self.study.val().len()));
        let by_calls = spare.map(|spare| spare / (2 * self.minibatches.size()));
        let by_proposals = self.settings.limits.max_proposals;
        let by_proposals = by_proposals.map(|most| most.saturating_sub(self.progress.proposals));
        by_calls
            .into_iter()
            .chain(by_proposals)
            .min()
            .unwrap_or(usize::MAX)
    }

    /// Why the search ends here, if it does.
    fn end(&self) -> Option<String> {
        if let Some(reason) = self.settings.limits.reached(&self.progress) {
            return Some(reason);
        }
        let is_perfect = self.progress.best_score >= self.range.best() - ROUNDING;
        if is_perfect && !self.settings.frontier.needs_objectives() {
            return Some("every validation row has the best score".to_owned());
        }
        (self.most_tasks() == 0).then(|| {
            let left = self.runs.left().unwrap_or(0);
            let least = self.least_metric_calls();
            format!(
                "`max_metric_calls` is reached: {left} are left, and a proposal takes up to {least}"
            )
        })
    }

    /// What one proposal takes that is accepted.
    fn least_metric_calls(&self) -> usize {
        2 * self.minibatches.size() + self.study.val().len()
    }

    /// A limit that allows no proposal at all is an error, and one that allows only a few is told.
    fn check_metric_calls(&self) -> Result<(), Stop> {
        let Some(left) = self.runs.left() else {
            return Ok(());
        };
        let (limit, least) = (left + self.runs.used(), self.least_metric_calls());
        if left < least {
            return Err(Stop::Unusable(format!(
                "`GEPA` cannot search: of `max_metric_calls` {limit}, {left} are left for proposals, and one \
                 that is accepted takes {least}: parent and child on {} training rows each, and the child \
                 on {} validation rows; set `max_metric_calls` to {} or more, or give fewer validation rows",
                self.minibatches.size(),
                self.study.val().len(),
                self.runs.used() + 3 * least,
            )));
        }
        if left < 3 * least {
            self.study.tell(GepaNews::FewMetricCalls {
                limit,
                three_proposals: self.runs.used() + 3 * least,
            });
        }
        Ok(())
    }

    async fn add_initial_population(&mut self) -> Result<(), Stop> {
        for (index, state) in self.settings.initial_population.iter().enumerate() {
            let number = index + 1;
            let fits = self.study.student().with_state(state);
            fits.map_err(|error| {
                let words = format!("state {number} of `initial_population` does not fit: {error}");
                Stop::Unusable(words)
            })?;
            let origin = format!("initial population, {number}");
            let candidate = self.study.candidate(origin, state)?;
            if !self.population.has(&candidate) && self.can_evaluate() {
                self.evaluate(candidate, Vec::new()).await?;
            }
        }
        Ok(())
    }

    /// Evaluates children that were accepted, the one with the largest gain first, as far as the limits
    /// allow.
    async fn admit(&mut self, mut accepted: Vec<Child<M>>) -> Result<(), Stop> {
        accepted.sort_by(|a, b| b.gain().total_cmp(&a.gain()));
        for child in accepted {
            if !self.can_evaluate() {
                self.study
                    .decide(child.rejected("limit", "no evaluation is left".to_owned()))?;
                continue;
            }
            self.study
                .decide(child.admitted(self.settings.acceptance.name()))?;
            let index = self.evaluate(child.candidate, vec![child.parent]).await?;
            self.population.member_mut(index).seen = child.seen;
            self.merging
                .candidate_found(self.settings.max_merge_invocations);
        }
        Ok(())
    }

    /// Whether the limits allow the evaluation of one more candidate.
    pub(super) fn can_evaluate(&self) -> bool {
        let most = self.settings.limits.max_full_evals;
        let is_left = most.is_none_or(|most| self.progress.full_evals < most);
        is_left && self.runs.allows(self.study.val().len())
    }

    /// Evaluates a candidate on the validation part and adds it to the population. Returns its index.
    pub(super) async fn evaluate(
        &mut self,
        candidate: Candidate<M>,
        parents: Vec<usize>,
    ) -> Result<usize, Stop> {
        let evaluation = self.study.evaluate(&candidate).await?;
        self.runs.count_evaluation(self.study.val().len());
        self.progress.full_evals += 1;
        self.join(candidate, &evaluation, parents).await
    }

    async fn join(
        &mut self,
        candidate: Candidate<M>,
        evaluation: &Evaluation,
        parents: Vec<usize>,
    ) -> Result<usize, Stop> {
        let turns = parents
            .iter()
            .map(|parent| self.population.member(*parent).next_component);
        let measured = &evaluation.measured;
        let member = Member {
            next_component: turns.max().unwrap_or(0),
            scores: measured.scores().collect(),
            objectives: self.objectives(&candidate).await?,
            mean: measured.score_at_worst().unwrap_or(self.range.worst()),
            parents,
            seen: BTreeMap::new(),
            candidate,
        };
        let scores = self.settings.frontier.scores(&member);
        let index = self.population.add(member);
        for (key, score) in scores {
            self.fronts.enter(index, key, score);
        }
        self.progress.candidates = self.population.len();
        self.progress.best_score = self.population.member(self.population.best()).mean;
        Ok(index)
    }

    /// The objectives of a candidate on each validation row, if candidates are compared on them.
    async fn objectives(
        &self,
        candidate: &Candidate<M>,
    ) -> Result<Vec<BTreeMap<String, f64>>, Stop> {
        if !self.settings.frontier.needs_objectives() {
            return Ok(Vec::new());
        }
        let rows = 0..self.study.val().len();
        let trials: Vec<_> = rows.map(|row| Trial::on_val(candidate, row)).collect();
        let outcomes = self.study.outcomes(&trials).await?;
        let objectives = outcomes.iter().map(|outcome| outcome.objectives());
        let objectives: Vec<BTreeMap<String, f64>> = objectives
            .map(|named| named.cloned().unwrap_or_default())
            .collect();
        let is_base = candidate.id() == self.study.base().id();
        if is_base && objectives.iter().all(BTreeMap::is_empty) {
            return Err(Stop::Unusable(
                "`GEPA` cannot compare candidates on objectives: the metric gave none for the program that \
                 the search starts from; give them by `Score::with_objective`, or set \
                 `frontier(Frontier::Instance)`"
                    .to_owned(),
            ));
        }
        Ok(objectives)
    }
}

/// What calls cost in dollars, if that is known.
fn dollars(spend: Spend) -> f64 {
    spend.cost.map_or(0.0, Usd::as_usd)
}

/// The number of generations since something happened.
const fn next(happened: bool, before: usize) -> usize {
    match happened {
        true => 0,
        false => before + 1,
    }
}

/// The proposer that was set, or the model of the program's first predictor.
fn proposer<M: Module, E: Example<M::Input>>(
    settings: &Settings,
    study: &Study<'_, M, E>,
) -> Result<ReadyProposer<ReviseTextInput, ReviseTextOutput>, Stop> {
    let lm = model_of(settings.proposer_lm.as_ref(), study.student());
    let no_predictor = || {
        Stop::Unusable("`GEPA` rewrites texts of predictors, and this program has none".to_owned())
    };
    let lm = lm.ok_or_else(no_predictor)?;
    // At a low temperature, a model repeats its proposals.
    let own = || {
        let own = Predict::<ReviseText>::new(&lm).temperature(1.0);
        own.under("propose")
    };
    let proposer = settings.proposer.ready(own);
    if settings.limits.max_reflection_cost.is_some()
        && let Some(unpriced) = proposer
            .predictors()
            .iter()
            .find(|predictor| predictor.lm().info().price.is_none())
    {
        return Err(Stop::Unusable(format!(
            "`GEPA` cannot keep to `max_reflection_cost`: the price of the proposer `{}` is not known; give it \
             with its `price`, or limit `max_proposals`",
            unpriced.lm().info().id
        )));
    }
    Ok(proposer)
}

/// The limit on metric calls.
fn metric_calls<M: Module, E: Example<M::Input>>(
    settings: &Settings,
    study: &Study<'_, M, E>,
) -> Option<usize> {
    let Limits {
        auto,
        max_metric_calls,
        ..
    } = settings.limits;
    let predictors = study.student().predictors().len();
    let by_size = auto.map(|auto| auto.metric_calls(predictors, study.val().len()));
    by_size.or(max_metric_calls)
}
