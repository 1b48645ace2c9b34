//! The steps of SIMBA.

use std::collections::BTreeMap;

use super::bucket::{Bucket, Buckets};
use super::demo::Draft;
use super::draws::{evenly_spaced, poisson};
use super::pool::Pool;
use super::rule::{Comparison, RuleInput, RuleWriter, ShownRun, instructions_of};
use super::settings::{Road, SIMBAStrategy, Settings};
use super::step::SIMBAStep;
use crate::engine::{
    Candidate, Decision, Evidence, ProposalRequest, Rollout, SeededRng, Stop, Study, Trial,
};
use crate::evaluate::Example;
use crate::module::Module;
use crate::optimizer::program_text::program_text;

/// The temperature at which programs are sampled. At their own, every run could be the same.
const SAMPLING_TEMPERATURE: f64 = 1.0;

/// The search of SIMBA.
pub(super) struct SimbaSearch<'a, 'd, M: Module, E> {
    study: &'a Study<'d, M, E>,
    settings: &'a Settings,
    writer: Option<RuleWriter>,
    pool: Pool<M>,
    /// The baseline, and the best candidate of each step.
    winners: Vec<Candidate<M>>,
    /// The training rows in a random order, and how many of them were taken.
    order: Vec<usize>,
    taken: usize,
}

/// A candidate on its way.
struct Planned<'b, M> {
    source: Candidate<M>,
    draft: Draft,
    strategy: SIMBAStrategy,
    bucket: &'b Bucket,
    is_ready: bool,
}

impl<'a, 'd, M: Module, E: Example<M::Input>> SimbaSearch<'a, 'd, M, E> {
    pub(super) fn new(
        study: &'a Study<'d, M, E>,
        settings: &'a Settings,
        writer: Option<RuleWriter>,
    ) -> Self {
        Self {
            study,
            settings,
            writer,
            pool: Pool::of_baseline(study.base().clone()),
            winners: vec![study.base().clone()],
            order: Vec::new(),
            taken: 0,
        }
    }

    /// Makes all steps, and evaluates some of the winners on the validation part.
    pub(super) async fn run(mut self) -> Result<(), Stop> {
        for step in 0..self.settings.max_steps {
            self.step(step).await?;
        }
        let places = evenly_spaced(self.winners.len() - 1, self.settings.num_candidates);
        for place in places {
            self.study.evaluate(&self.winners[place]).await?;
        }
        Ok(())
    }

    async fn step(&mut self, step: usize) -> Result<(), Stop> {
        let mut rng = self.study.rng(&format!("SIMBA step {step}"));
        let batch = self.batch(step);
        let buckets = self.sample(step, &batch, &mut rng).await?;
        let planned = self.plan(&buckets, &mut rng);
        let planned = self.write_rules(step, planned, &buckets).await?;
        let candidates = self.candidates(step, &planned)?;
        let averages = self.averages(step, &candidates, &batch).await?;
        self.keep(step, &batch, candidates, &averages)
    }

    /// The next rows of the training part in a random order, which is drawn anew when it is used up.
    fn batch(&mut self, step: usize) -> Vec<usize> {
        let rows = self.study.train().len();
        let size = self.settings.bsize.min(rows);
        if self.taken + size > self.order.len() {
            self.order = (0..rows).collect();
            let mut rng = self.study.rng(&format!("SIMBA order from step {step}"));
            rng.shuffle(&mut self.order);
            self.taken = 0;
        }
        self.taken += size;
        self.order[self.taken - size..self.taken].to_vec()
    }

    /// Runs programs of the pool on the rows, several times each.
    async fn sample(
        &self,
        step: usize,
        batch: &[usize],
        rng: &mut SeededRng,
    ) -> Result<Buckets, Stop> {
        let top = self.pool.top(self.settings);
        let mut trials = Vec::new();
        for row in batch {
            let times = match self.settings.lambda {
                Some(lambda) => poisson(rng, lambda),
                None => self.settings.num_candidates,
            };
            for time in 0..times {
                let program = top.draw(rng, self.settings.temperature_for_sampling);
                // No two runs of the search are the same sample, however often a row comes.
                let sample = u32::try_from((step << 16) + time + 1).unwrap_or(u32::MAX);
                let trial = Trial::on_train(program, *row).sample(sample);
                trials.push(trial.temperature(SAMPLING_TEMPERATURE));
            }
        }
        let rollouts = self.study.rollouts(&trials).await?;
        let mut by_row: BTreeMap<usize, Vec<Rollout>> = BTreeMap::new();
        for (trial, rollout) in trials.iter().zip(rollouts) {
            by_row.entry(trial.row()).or_default().push(rollout);
        }
        let in_order = batch.iter();
        let in_order = in_order.filter_map(|row| Some((*row, by_row.remove(row)?)));
        Ok(Buckets::new(in_order))
    }

    /// Decides which candidates to make, from the most promising row on.
    fn plan<'b>(&self, buckets: &'b Buckets, rng: &mut SeededRng) -> Vec<Planned<'b, M>> {
        let strategies = self.settings.usable_strategies();
        let top = self.pool.top(self.settings);
        let mut planned = Vec::new();
        if strategies.is_empty() {
            return planned;
        }
        let (tried, most) = match self.settings.road {
            Road::Original => (1, self.settings.num_candidates + 1),
            Road::Guide => (
                strategies.len(),
                self.settings.num_candidates * strategies.len(),
            ),
        };
        for bucket in &buckets.buckets {
            let first = match self.settings.road {
                Road::Original => rng.below(strategies.len()),
                Road::Guide => 0,
            };
            for strategy in strategies.iter().cycle().skip(first).take(tried) {
                if planned.len() == most {
                    return planned;
                }
                let source = top.draw(rng, self.settings.temperature_for_candidates);
                let draft = Draft::of(source, self.settings, rng);
                let mut plan = Planned {
                    source: source.clone(),
                    draft,
                    strategy: *strategy,
                    bucket,
                    is_ready: false,
                };
                if self.applies(&mut plan, buckets) {
                    planned.push(plan);
                }
            }
        }
        planned
    }

    /// Whether something can be learned of the row in this way. A demo is added at once, a rule later.
    fn applies(&self, plan: &mut Planned<'_, M>, buckets: &Buckets) -> bool {
        let (best, good) = plan.bucket.best();
        let (worst, _) = plan.bucket.worst();
        if best <= buckets.p10 {
            return false;
        }
        match plan.strategy {
            SIMBAStrategy::AppendADemo => {
                let predictors = plan.source.program().predictors();
                let longest = self.settings.demo_input_field_maxlen;
                let run = (plan.bucket.row, good.trace());
                plan.is_ready = plan.draft.append_demos(&predictors, run, longest);
                plan.is_ready
            }
            SIMBAStrategy::AppendARule => worst < buckets.p90 && self.writer.is_some(),
        }
    }

    /// Asks for all rules of a step at the same time. A candidate whose rule is turned away is left out.
    async fn write_rules<'b>(
        &self,
        step: usize,
        mut planned: Vec<Planned<'b, M>>,
        buckets: &Buckets,
    ) -> Result<Vec<Planned<'b, M>>, Stop> {
        let Some(writer) = &self.writer else {
            return Ok(planned);
        };
        let rules = planned.iter().filter(|plan| !plan.is_ready);
        let requests = rules.enumerate().map(|(index, plan)| {
            let comparison = self.comparison(plan, buckets);
            let (components, instructions): (Vec<_>, Vec<_>) =
                instructions_of(plan.source.program()).into_iter().unzip();
            let input = move |room| RuleInput {
                feedback: comparison.question(room),
                instructions: instructions.clone(),
            };
            let sample = u32::try_from((step << 16) + index).unwrap_or(u32::MAX);
            ProposalRequest::new(&plan.source, components, input)
                .reflects()
                .sample(sample)
                .evidence(Evidence::train([plan.bucket.row]))
        });
        let requests: Vec<_> = requests.collect();
        let edits = self.study.propose(writer, &requests, |texts| texts).await?;
        drop(requests);
        let rules = planned.iter_mut().filter(|plan| !plan.is_ready);
        for (plan, edit) in rules.zip(edits) {
            if let Ok(edit) = edit {
                edit.apply(plan.source.program(), &mut plan.draft.state);
                plan.is_ready = true;
            }
        }
        planned.retain(|plan| plan.is_ready);
        Ok(planned)
    }

    /// The two runs that a rule is made of. If they have the same score, only the one that is not good enough
    /// is shown.
    fn comparison(&self, plan: &Planned<'_, M>, buckets: &Buckets) -> Comparison {
        let (best, good) = plan.bucket.best();
        let (worst, bad) = plan.bucket.worst();
        let (inputs, gold) = self.study.shown_inputs_and_gold(plan.bucket.row);
        let is_good = best > worst || best > buckets.p90;
        let program = plan.source.program();
        let predictors = program.predictors();
        Comparison {
            program: program_text(program),
            inputs,
            gold,
            better: match is_good {
                true => ShownRun::of(best, good),
                false => ShownRun::none(),
            },
            worse: ShownRun::of(worst, bad),
            names: predictors.iter().map(|p| p.path().to_owned()).collect(),
        }
    }

    fn candidates(
        &self,
        step: usize,
        planned: &[Planned<'_, M>],
    ) -> Result<Vec<Candidate<M>>, Stop> {
        let candidate = |plan: &Planned<'_, M>| {
            let what = match plan.strategy {
                SIMBAStrategy::AppendADemo => "a demo",
                SIMBAStrategy::AppendARule => "a rule",
            };
            let origin = format!(
                "step {}: {what} of training row {}",
                step + 1,
                plan.bucket.row
            );
            let candidate = self.study.candidate(origin, &plan.draft.state)?;
            let candidate = candidate.with_sources(plan.draft.sources.clone());
            Ok(candidate.with_parents([&plan.source]))
        };
        planned.iter().map(candidate).collect()
    }

    /// The averages of the candidates on the batch. In the first step, the baseline is measured as well.
    async fn averages(
        &mut self,
        step: usize,
        candidates: &[Candidate<M>],
        batch: &[usize],
    ) -> Result<Vec<Option<f64>>, Stop> {
        let baseline = (step == 0).then(|| self.pool.baseline().clone());
        let measured: Vec<&Candidate<M>> = candidates.iter().chain(&baseline).collect();
        let trials: Vec<_> = measured
            .iter()
            .flat_map(|candidate| batch.iter().map(|row| Trial::on_train(candidate, *row)))
            .collect();
        let outcomes = self.study.outcomes(&trials).await?;
        let average = |outcomes: &[crate::engine::RowOutcome]| {
            let scores: Vec<f64> = outcomes
                .iter()
                .filter_map(|outcome| outcome.score())
                .collect();
            (!scores.is_empty()).then(|| scores.iter().sum::<f64>() / scores.len() as f64)
        };
        let mut averages: Vec<_> = outcomes.chunks(batch.len().max(1)).map(average).collect();
        if baseline.is_some() {
            self.pool.set_baseline(averages.pop().flatten());
        }
        Ok(averages)
    }

    /// Adds the candidates to the pool, and the best of them to the winners; of equal ones the first.
    fn keep(
        &mut self,
        step: usize,
        batch: &[usize],
        candidates: Vec<Candidate<M>>,
        averages: &[Option<f64>],
    ) -> Result<(), Stop> {
        let mut best: Option<(f64, &Candidate<M>)> = None;
        for (candidate, average) in candidates.iter().zip(averages) {
            if let Some(average) = *average
                && best.is_none_or(|(most, _)| average > most)
            {
                best = Some((average, candidate));
            }
        }
        self.study.tell(SIMBAStep {
            step: step + 1,
            of: self.settings.max_steps,
            candidates: candidates.len(),
            best: best.map(|(average, _)| average),
        });
        if let Some((average, candidate)) = best {
            let reason = format!("an average of {average:.4} on the batch");
            let decision = Decision::admitted(candidate, "best of its step", reason);
            let evidence = Evidence::train(batch.iter().copied());
            self.study.decide(decision.evidence(evidence))?;
            self.winners.push(candidate.clone());
        }
        for (candidate, average) in candidates.into_iter().zip(averages) {
            self.pool.add(candidate, *average);
        }
        Ok(())
    }
}
