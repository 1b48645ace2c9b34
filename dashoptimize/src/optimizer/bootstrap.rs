//! Bootstrapped demos: a teacher runs on training examples, and what passes the metric becomes demos.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use crate::call::TraceStep;
use crate::engine::{Candidate, Job, Rollout, SeededRng, Sources, Stop, Study};
use crate::evaluate::Example;
use crate::module::{Module, ModuleExt, Predictor};
use crate::state::{Demo, State};

/// Temperature of the second and later rounds: at the first round's the same reply would come again.
pub(super) const RETRY_TEMPERATURE: f64 = 1.0;

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

/// The setters of an optimizer that has a field `bootstrap`.
macro_rules! bootstrap_setters {
    ($optimizer:ident) => {
        impl<X> $optimizer<X> {
            /// Sets how many bootstrapped demos each predictor gets at most. Default 4.
            #[must_use]
            pub const fn max_bootstrapped_demos(mut self, demos: usize) -> Self {
                self.bootstrap.max_bootstrapped_demos = demos;
                self
            }

            /// Sets how many demos each predictor gets at most, labelled rows filling up what was
            /// not bootstrapped. Default 16; 0 shows no labelled row to student or teacher.
            #[must_use]
            pub const fn max_labeled_demos(mut self, demos: usize) -> Self {
                self.bootstrap.max_labeled_demos = demos;
                self
            }

            /// Sets how often an example is tried; from the second time on at temperature 1.
            /// Default 1.
            #[must_use]
            pub const fn max_rounds(mut self, rounds: u32) -> Self {
                self.bootstrap.max_rounds = rounds;
                self
            }

            /// Sets the score from which a run passes. Default 1.0.
            #[must_use]
            pub const fn metric_threshold(mut self, threshold: f64) -> Self {
                self.bootstrap.metric_threshold = threshold;
                self
            }
        }
    };
}
pub(super) use bootstrap_setters;

/// A demo and the training example that it was made of.
type Sourced = (usize, Demo);

/// A training example whose run passed the metric, and the trace of the run.
pub(super) type Passed = (usize, Vec<TraceStep>);

impl Bootstrap {
    pub(super) const DEFAULT: Self = Self {
        max_bootstrapped_demos: 4,
        max_labeled_demos: 16,
        max_rounds: 1,
        metric_threshold: 1.0,
    };

    /// Whether these settings can be searched with.
    pub(super) fn check(&self) -> Result<(), Stop> {
        // Nothing passes it, so that demos would be looked for in vain, and nothing would say so.
        if self.metric_threshold.is_nan() {
            return Err(Stop::Unusable(
                "`metric_threshold` is not a number".to_owned(),
            ));
        }
        Ok(())
    }

    /// The state of the student with demos that the teacher made on training examples, taken in this
    /// order, filled up with labelled rows.
    pub(super) async fn run<M: Module, E: Example<M::Input>>(
        &self,
        study: &Study<'_, M, E>,
        teacher: &Candidate<M>,
        order: &[usize],
        name: &str,
    ) -> Result<(State, Sources), Stop> {
        let passed = self.collect(study, teacher, order).await?;
        let mut rng = study.rng(&format!("bootstrap {name}"));
        let mut demos = BTreeMap::new();
        for (example, trace) in &passed {
            for (path, demo) in demos_of(trace, &mut rng) {
                let demos: &mut Vec<Sourced> = demos.entry(path).or_default();
                demos.push((*example, demo));
            }
        }
        let used: BTreeSet<usize> = passed.iter().map(|(example, _)| *example).collect();
        let mut rest: Vec<usize> = order
            .iter()
            .copied()
            .filter(|example| !used.contains(example))
            .collect();
        rng.shuffle(&mut rest);
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
    ) -> Result<Vec<Passed>, Stop> {
        let mut passed = Vec::new();
        let mut waiting = order;
        while passed.len() < self.max_bootstrapped_demos && !waiting.is_empty() {
            let wanted = self.max_bootstrapped_demos - passed.len();
            let (wave, later) = waiting.split_at(wanted.min(waiting.len()));
            waiting = later;
            let job = |example, round| job(study, teacher, example, round);
            passed.extend(self.attempt(study, wave, job).await?);
        }
        Ok(passed)
    }

    /// Tries each of these examples until it passes, as often as allowed. Gives those that passed,
    /// in order, with their traces.
    pub(super) async fn attempt<M: Module, E: Example<M::Input>>(
        &self,
        study: &Study<'_, M, E>,
        examples: &[usize],
        job: impl Fn(usize, u32) -> Result<Job<M>, Stop> + Send,
    ) -> Result<Vec<Passed>, Stop> {
        let mut passed: BTreeMap<usize, Vec<TraceStep>> = BTreeMap::new();
        for round in 0..self.max_rounds {
            let open = |example: &&usize| !passed.contains_key(example);
            let jobs = examples
                .iter()
                .filter(open)
                .map(|example| job(*example, round))
                .collect::<Result<Vec<_>, Stop>>()?;
            let rollouts = study.rollouts(&jobs).await?;
            for (job, rollout) in jobs.iter().zip(rollouts) {
                if self.passes(&rollout) {
                    passed.insert(job.example, rollout.trace);
                }
            }
        }
        let in_order = examples.iter().filter_map(|example| {
            let trace = passed.remove(example)?;
            Some((*example, trace))
        });
        Ok(in_order.collect())
    }

    fn passes(&self, rollout: &Rollout) -> bool {
        let score = rollout.outcome.metric_score();
        score.is_some_and(|score| score.value() >= self.metric_threshold)
    }

    fn fill_up<M: Module, E: Example<M::Input>>(
        &self,
        study: &Study<'_, M, E>,
        mut bootstrapped: BTreeMap<String, Vec<Sourced>>,
        rest: &[usize],
    ) -> (State, Sources) {
        let mut state = study.student().state();
        let mut sources = Sources::new();
        for predictor in study.student().predictors() {
            let made = bootstrapped.remove(predictor.path()).unwrap_or_default();
            let (examples, demos) = self.demos(study, predictor, made, rest).into_iter().unzip();
            predictor.set_demos_in(&mut state, demos);
            sources.insert(predictor.path().to_owned(), examples);
        }
        (state, sources)
    }

    /// The demos of one predictor: what was bootstrapped, then labelled rows.
    fn demos<M: Module, E: Example<M::Input>>(
        &self,
        study: &Study<'_, M, E>,
        predictor: &Predictor,
        mut demos: Vec<Sourced>,
        rest: &[usize],
    ) -> Vec<Sourced> {
        // A value that JSON has no word for, such as an input that is not a number, makes no demo.
        demos.retain(|(_, demo)| demo.check(predictor.spec()).is_ok());
        let labeled = self.max_labeled_demos.saturating_sub(demos.len());
        let rows = rest.iter().filter_map(|row| {
            let fields = study.train()[*row].fields();
            Some((*row, Demo::from_fields(&fields, predictor.spec())?))
        });
        demos.extend(rows.take(labeled));
        demos
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
    for (path, predictor) in &mut state.predictors {
        let mut sources = teacher.sources().get(path).into_iter().flatten();
        let before = predictor.demos.len();
        predictor
            .demos
            .retain(|demo| !is_made_of(demo, sources.next().copied(), example, &row));
        leaks |= predictor.demos.len() < before;
    }
    let program = teacher.program();
    if leaks {
        Ok(program.with_state(&state)?)
    } else {
        Ok(program.clone())
    }
}

/// Whether a demo shows the answer of this example. A demo of an inner step also has inputs that no
/// row has, so where the source of a demo is not known, the inputs that the row has decide.
fn is_made_of(
    demo: &Demo,
    source: Option<usize>,
    example: usize,
    row: &Map<String, Value>,
) -> bool {
    let mut in_row = demo
        .inputs
        .iter()
        .filter(|(name, _)| row.contains_key(*name))
        .peekable();
    let whole = demo.inputs.keys().all(|name| row.contains_key(name));
    let same = in_row.peek().is_some() && in_row.all(|(name, value)| row.get(name) == Some(value));
    source == Some(example) || (same && (whole || source.is_none()))
}

/// One demo for each predictor of a rollout. A predictor that was called several times gives its last
/// call half of the time, otherwise one of the earlier ones.
pub(super) fn demos_of(trace: &[TraceStep], rng: &mut SeededRng) -> Vec<(String, Demo)> {
    let mut calls: BTreeMap<&str, Vec<(&TraceStep, &Map<String, Value>)>> = BTreeMap::new();
    for step in trace {
        // A step that failed has nothing to show.
        if let Some(outputs) = step.outputs() {
            calls
                .entry(&step.predictor)
                .or_default()
                .push((step, outputs));
        }
    }
    calls
        .into_iter()
        .filter_map(|(path, steps)| {
            let (&last, earlier) = steps.split_last()?;
            let (step, outputs) = match rng.below(2) {
                0 if !earlier.is_empty() => earlier[rng.below(earlier.len())],
                _ => last,
            };
            let demo = Demo::new(step.inputs.clone(), (*outputs).clone());
            Some((path.to_owned(), demo))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call::CallError;

    /// An agent that recovers from a failure leaves both steps in the trace.
    #[test]
    fn a_step_that_failed_is_never_a_demo() {
        let failed = TraceStep::new("ask", Map::new(), Err(CallError::program("no")));
        let outputs = Map::from_iter([("answer".to_owned(), Value::from("yes"))]);
        let answered = TraceStep::new("ask", Map::new(), Ok(outputs.clone()));
        let only_failed = TraceStep::new("other", Map::new(), Err(CallError::program("no")));
        let trace = [failed, answered, only_failed];
        for seed in 0..20 {
            let demos = demos_of(&trace, &mut SeededRng::new(seed));
            let expected = Demo::new(Map::new(), outputs.clone());
            assert_eq!(demos, [("ask".to_owned(), expected)]);
        }
    }
}
