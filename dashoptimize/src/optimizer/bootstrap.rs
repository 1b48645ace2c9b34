//! Bootstrapped demos: a teacher runs on training examples, and what passes the metric becomes demos.

use std::collections::{BTreeMap, BTreeSet};

use rand::seq::{IndexedRandom, SliceRandom};
use rand::{Rng, RngExt};

use crate::engine::{Candidate, Job, Rollout, Stop, Study};
use crate::evaluate::Example;
use crate::module::{Demo, Module, State, TraceStep};

/// Temperature of the second and later rounds: at the first round's the same reply would come again.
const RETRY_TEMPERATURE: f64 = 1.0;

/// How demos are bootstrapped.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bootstrap {
    /// Bootstrapped demos per predictor, at most.
    pub(super) max_bootstrapped_demos: usize,
    /// Bootstrapped and labelled demos per predictor together, at most.
    pub(super) max_labeled_demos: usize,
    /// Attempts on an example.
    pub(super) max_rounds: u32,
    /// The score from which a rollout passes.
    pub(super) metric_threshold: f64,
}

impl Bootstrap {
    /// The state of the student with demos that the teacher made on training examples, taken in this
    /// order, filled up with labelled rows.
    pub(super) async fn run<M: Module, E: Example<M::Input>>(
        &self,
        study: &Study<'_, M, E>,
        teacher: &Candidate<M>,
        order: &[usize],
        name: &str,
    ) -> Result<State, Stop> {
        let passed = self.collect(study, teacher, order).await?;
        let mut rng = study.rng(&format!("bootstrap {name}"));
        let mut demos = BTreeMap::new();
        for (_, trace) in &passed {
            for (path, demo) in demos_of(trace, &mut rng) {
                demos.entry(path).or_insert_with(Vec::new).push(demo);
            }
        }
        let used: BTreeSet<usize> = passed.iter().map(|(example, _)| *example).collect();
        let mut rest: Vec<usize> = order
            .iter()
            .copied()
            .filter(|example| !used.contains(example))
            .collect();
        rest.shuffle(&mut rng);
        Ok(self.fill_up(study, demos, &rest))
    }

    /// The examples that passed, in order, with their traces.
    ///
    /// Each wave tries exactly as many examples as there are demos to find. All of them would be
    /// tried one by one as well, so nothing is tried in vain, at any concurrency.
    async fn collect<M: Module, E: Example<M::Input>>(
        &self,
        study: &Study<'_, M, E>,
        teacher: &Candidate<M>,
        order: &[usize],
    ) -> Result<Vec<(usize, Vec<TraceStep>)>, Stop> {
        let mut passed = Vec::new();
        let mut waiting = order;
        while passed.len() < self.max_bootstrapped_demos && !waiting.is_empty() {
            let wanted = self.max_bootstrapped_demos - passed.len();
            let (wave, later) = waiting.split_at(wanted.min(waiting.len()));
            waiting = later;
            passed.extend(self.try_wave(study, teacher, wave).await?);
        }
        Ok(passed)
    }

    async fn try_wave<M: Module, E: Example<M::Input>>(
        &self,
        study: &Study<'_, M, E>,
        teacher: &Candidate<M>,
        wave: &[usize],
    ) -> Result<Vec<(usize, Vec<TraceStep>)>, Stop> {
        let mut passed: BTreeMap<usize, Vec<TraceStep>> = BTreeMap::new();
        for round in 0..self.max_rounds {
            let open = |example: &&usize| !passed.contains_key(example);
            let jobs = wave
                .iter()
                .filter(open)
                .map(|example| job(study, teacher, *example, round))
                .collect::<Result<Vec<_>, Stop>>()?;
            let rollouts = study.rollouts(&jobs).await?;
            for (job, rollout) in jobs.iter().zip(rollouts) {
                if self.passes(&rollout) {
                    passed.insert(job.example, rollout.trace);
                }
            }
        }
        let in_order = wave.iter().filter_map(|example| {
            let trace = passed.remove(example)?;
            Some((*example, trace))
        });
        Ok(in_order.collect())
    }

    fn passes(&self, rollout: &Rollout) -> bool {
        let score = rollout.outcome.score();
        score.is_some_and(|score| score.value() >= self.metric_threshold)
    }

    fn fill_up<M: Module, E: Example<M::Input>>(
        &self,
        study: &Study<'_, M, E>,
        mut bootstrapped: BTreeMap<String, Vec<Demo>>,
        rest: &[usize],
    ) -> State {
        let mut state = study.student().state();
        for predictor in study.student().predictors() {
            let mut demos = bootstrapped.remove(predictor.path()).unwrap_or_default();
            let labeled = self.max_labeled_demos.saturating_sub(demos.len());
            let rows = rest.iter().map(|row| &study.train()[*row]);
            demos.extend(
                rows.filter_map(|row| Demo::from_fields(&row.fields(), predictor.spec()))
                    .take(labeled),
            );
            let path = predictor.path().to_owned();
            state.predictors.entry(path).or_default().demos = demos;
        }
        state
    }
}

fn job<M: Module, E: Example<M::Input>>(
    study: &Study<'_, M, E>,
    teacher: &Candidate<M>,
    example: usize,
    round: u32,
) -> Result<Job<M>, Stop> {
    Ok(Job {
        program: without_answer(study, teacher, example)?,
        candidate: teacher.id(),
        example,
        sample: round,
        temperature: (round > 0).then_some(RETRY_TEMPERATURE),
    })
}

/// The teacher without demos made of this very example: it must not copy its answer.
fn without_answer<M: Module, E: Example<M::Input>>(
    study: &Study<'_, M, E>,
    teacher: &Candidate<M>,
    example: usize,
) -> Result<M, Stop> {
    let row = study.train()[example].fields();
    let mut state = teacher.state();
    let mut leaks = false;
    for predictor in state.predictors.values_mut() {
        let before = predictor.demos.len();
        predictor.demos.retain(|demo| {
            let same = |(name, value)| row.get(name) == Some(value);
            !demo.inputs.iter().all(same)
        });
        leaks |= predictor.demos.len() < before;
    }
    if leaks {
        Ok(teacher.program().with_state(&state)?)
    } else {
        Ok(teacher.program().clone())
    }
}

/// One demo for each predictor of a rollout. A predictor that was called several times gives its last
/// call half of the time, otherwise one of the earlier ones.
fn demos_of(trace: &[TraceStep], rng: &mut impl Rng) -> Vec<(String, Demo)> {
    let mut calls: BTreeMap<&str, Vec<&TraceStep>> = BTreeMap::new();
    for step in trace {
        calls.entry(&step.predictor).or_default().push(step);
    }
    calls
        .into_iter()
        .filter_map(|(path, steps)| {
            let (last, earlier) = steps.split_last()?;
            let step = match earlier.choose(rng) {
                Some(earlier) if rng.random_bool(0.5) => earlier,
                _ => last,
            };
            let demo = Demo {
                inputs: step.inputs.clone(),
                outputs: step.outputs.clone(),
            };
            Some((path.to_owned(), demo))
        })
        .collect()
}
