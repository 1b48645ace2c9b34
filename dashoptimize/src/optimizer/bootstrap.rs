//! Bootstrapped demos: a teacher runs on training examples, and the runs that pass the metric become
//! demos.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::labelled_rows::labelled_rows;
use crate::call::TraceStep;
use crate::engine::{Candidate, DemoSource, Rollout, SeededRng, Sources, Stop, Study, Trial};
use crate::evaluate::Example;
use crate::module::{Module, ModuleExt, Predictor};
use crate::state::{Demo, State};

/// The temperature of the second and later rounds. At that of the first round the same reply could come
/// again.
const RETRY_TEMPERATURE: f64 = 1.0;

/// How demos are bootstrapped.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct Bootstrap {
    /// The largest number of bootstrapped demos per predictor.
    pub(super) max_bootstrapped_demos: usize,
    /// Up to how many demos labelled rows are added to the bootstrapped ones, per predictor.
    pub(super) max_labeled_demos: usize,
    /// How often an example is tried.
    pub(super) max_rounds: u32,
    /// The lowest score that passes.
    pub(super) metric_threshold: f64,
}

/// The setters of an optimizer that has a field `bootstrap`: how many demos, and all of
/// `attempt_setters`.
macro_rules! bootstrap_setters {
    ($Optimizer:ident) => {
        impl<X> $Optimizer<X> {
            /// Sets how many demos each predictor gets at most in all: bootstrapped ones, of which there are
            /// no more than this, and labelled rows until there are as many. By default there are at most 16,
            /// of which 4 are bootstrapped.
            #[must_use]
            pub const fn max_demos(mut self, demos: usize) -> Self {
                self.bootstrap = self.bootstrap.with_max_demos(demos);
                self
            }

            /// Sets how many bootstrapped demos each predictor gets at most. Labelled rows come in addition;
            /// see [`max_labeled_demos`](Self::max_labeled_demos), or limit both with
            /// [`max_demos`](Self::max_demos). Default 4.
            #[must_use]
            pub const fn max_bootstrapped_demos(mut self, demos: usize) -> Self {
                self.bootstrap.max_bootstrapped_demos = demos;
                self
            }

            /// Sets up to how many demos labelled rows are added to the bootstrapped ones. A predictor that
            /// has more bootstrapped demos keeps them all, and gets no labelled row. Default 16; with 0,
            /// neither student nor teacher is shown a labelled row.
            #[must_use]
            pub const fn max_labeled_demos(mut self, demos: usize) -> Self {
                self.bootstrap.max_labeled_demos = demos;
                self
            }
        }

        $crate::optimizer::bootstrap::attempt_setters!($Optimizer);
    };
}
pub(super) use bootstrap_setters;

/// The setters of an optimizer that has a field `bootstrap`: how examples are tried.
macro_rules! attempt_setters {
    ($Optimizer:ident $(, $Generic:ident)?) => {
        impl<X $(, $Generic)?> $Optimizer<X $(, $Generic)?> {
            /// Sets how often a training example is tried until it passes; from the second time on at
            /// temperature 1. Default 1.
            #[must_use]
            pub const fn max_rounds(mut self, rounds: u32) -> Self {
                self.bootstrap.max_rounds = rounds;
                self
            }

            /// Sets the lowest score that passes. Default 1.0.
            #[must_use]
            pub const fn metric_threshold(mut self, threshold: f64) -> Self {
                self.bootstrap.metric_threshold = threshold;
                self
            }
        }
    };
}
pub(super) use attempt_setters;

/// What bootstrapping made: a state, and which training examples its demos were made of.
pub(super) struct Bootstrapped {
    state: State,
    sources: Sources,
}

impl Bootstrapped {
    /// The demos of the predictor at this path, and what each of them was made of.
    pub(super) fn demos_of(&self, path: &str) -> (Vec<Demo>, Vec<DemoSource>) {
        let demos = self.state.predictors.get(path);
        let demos = demos.map(|predictor| predictor.demos.clone());
        let sources = self.sources.get(path).cloned();
        (demos.unwrap_or_default(), sources.unwrap_or_default())
    }

    /// The state as a candidate.
    pub(super) fn candidate<M: Module, E: Example<M::Input>>(
        self,
        study: &Study<'_, M, E>,
        origin: impl Into<String>,
    ) -> Result<Candidate<M>, Stop> {
        Ok(study
            .candidate(origin, &self.state)?
            .with_sources(self.sources))
    }
}

/// A demo and what it was made of.
type Sourced = (DemoSource, Demo);

/// A training example whose run passed the metric, and the trace of the run.
pub(super) type Passed = (usize, Vec<TraceStep>);

impl Bootstrap {
    pub(super) const DEFAULT: Self = Self {
        max_bootstrapped_demos: 4,
        max_labeled_demos: 16,
        max_rounds: 1,
        metric_threshold: 1.0,
    };

    /// With no more demos in all than this.
    pub(super) const fn with_max_demos(self, demos: usize) -> Self {
        let bootstrapped = self.max_bootstrapped_demos;
        Self {
            max_bootstrapped_demos: if bootstrapped < demos {
                bootstrapped
            } else {
                demos
            },
            max_labeled_demos: demos,
            ..self
        }
    }

    /// The most runs that it takes to try so many rows.
    pub(super) fn most_runs(&self, rows: u64) -> u64 {
        match self.max_bootstrapped_demos {
            0 => 0,
            _ => u64::from(self.max_rounds) * rows,
        }
    }

    /// The most demos that a predictor is shown, as a student or as a teacher.
    pub(super) fn most_demos(&self) -> u64 {
        self.max_bootstrapped_demos.max(self.max_labeled_demos) as u64
    }

    /// Whether these settings can be searched with.
    pub(super) fn check(&self) -> Result<(), Stop> {
        // Nothing passes it, so the search would find no demos, and nothing would say why.
        if self.metric_threshold.is_nan() {
            return Err(Stop::Unusable(
                "`metric_threshold` is not a number".to_owned(),
            ));
        }
        Ok(())
    }

    /// The state of the student with demos that the teacher made on training examples, taken in this
    /// order, and labelled rows in addition.
    pub(super) async fn run<M: Module, E: Example<M::Input>>(
        &self,
        study: &Study<'_, M, E>,
        teacher: &Candidate<M>,
        order: &[usize],
        name: &str,
    ) -> Result<Bootstrapped, Stop> {
        let passed = self.collect(study, teacher, order).await?;
        let mut rng = study.rng(&format!("bootstrap {name}"));
        let mut demos = BTreeMap::new();
        for (example, trace) in &passed {
            for (path, demo) in demos_of(trace, &mut rng) {
                let demos: &mut Vec<Sourced> = demos.entry(path).or_default();
                demos.push((DemoSource::bootstrapped(*example), demo));
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
    /// Each wave tries exactly as many examples as there are demos to find. Tried one after the other,
    /// all of them would be tried as well, so at any concurrency nothing is tried in vain.
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
            passed.extend(self.attempt(study, teacher, wave).await?);
        }
        Ok(passed)
    }

    /// Tries the teacher on each of these examples until it passes, as often as allowed. Returns the
    /// examples that passed, in order, with their traces.
    pub(super) async fn attempt<M: Module, E: Example<M::Input>>(
        &self,
        study: &Study<'_, M, E>,
        teacher: &Candidate<M>,
        examples: &[usize],
    ) -> Result<Vec<Passed>, Stop> {
        let mut passed: BTreeMap<usize, Vec<TraceStep>> = BTreeMap::new();
        for round in 0..self.max_rounds {
            let open = |example: &&usize| !passed.contains_key(example);
            let open = examples.iter().filter(open);
            let trials: Vec<_> = open.map(|row| trial(teacher, *row, round)).collect();
            let rollouts = study.rollouts(&trials).await?;
            for (trial, rollout) in trials.iter().zip(rollouts) {
                if self.passes(&rollout) {
                    passed.insert(trial.row(), rollout.into_trace());
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
        let score = rollout.outcome().metric_score();
        score.is_some_and(|score| score.value() >= self.metric_threshold)
    }

    fn fill_up<M: Module, E: Example<M::Input>>(
        &self,
        study: &Study<'_, M, E>,
        mut bootstrapped: BTreeMap<String, Vec<Sourced>>,
        rest: &[usize],
    ) -> Bootstrapped {
        let mut state = study.student().state();
        let mut sources = Sources::new();
        for predictor in study.student().predictors() {
            let made = bootstrapped.remove(predictor.path()).unwrap_or_default();
            let (made_of, demos) = self.demos(study, predictor, made, rest).into_iter().unzip();
            predictor.set_demos_in(&mut state, demos);
            sources.insert(predictor.path().to_owned(), made_of);
        }
        Bootstrapped { state, sources }
    }

    /// The demos of one predictor: what was bootstrapped, then labelled rows.
    fn demos<M: Module, E: Example<M::Input>>(
        &self,
        study: &Study<'_, M, E>,
        predictor: &Predictor,
        mut demos: Vec<Sourced>,
        rest: &[usize],
    ) -> Vec<Sourced> {
        // A value that JSON cannot represent, such as an input that is NaN, makes no demo.
        demos.retain(|(_, demo)| demo.check(predictor.spec()).is_ok());
        let labeled = self.max_labeled_demos.saturating_sub(demos.len());
        if labeled > 0 {
            let mut usable: BTreeMap<_, _> = labelled_rows(study, predictor).into_iter().collect();
            let rows = rest
                .iter()
                .filter_map(|row| Some((DemoSource::labelled(*row), usable.remove(row)?)));
            demos.extend(rows.take(labeled));
        }
        demos
    }
}

fn trial<M: Module>(teacher: &Candidate<M>, example: usize, round: u32) -> Trial<M> {
    let trial = Trial::on_train(teacher, example).sample(round);
    match round {
        0 => trial,
        _ => trial.temperature(RETRY_TEMPERATURE),
    }
}

/// One demo for each predictor of a rollout. Of a predictor that was called several times, half of the
/// time it is the last call, otherwise one of the earlier ones.
pub(super) fn demos_of(trace: &[TraceStep], rng: &mut SeededRng) -> Vec<(String, Demo)> {
    let mut calls: BTreeMap<&str, Vec<&TraceStep>> = BTreeMap::new();
    // A step that failed has nothing to show.
    for step in trace.iter().filter(|step| step.outputs().is_some()) {
        calls.entry(&step.predictor).or_default().push(step);
    }
    calls
        .into_iter()
        .filter_map(|(path, steps)| {
            let (last, earlier) = steps.split_last()?;
            let step = match rng.below(2) {
                0 if !earlier.is_empty() => earlier[rng.below(earlier.len())],
                _ => last,
            };
            let demo = Demo::new(step.inputs.clone(), step.outputs()?.clone());
            Some((path.to_owned(), demo))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, Value};

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
            let demos = demos_of(&trace, &mut SeededRng::new(seed, "demos"));
            let expected = Demo::new(Map::new(), outputs.clone());
            assert_eq!(demos, [("ask".to_owned(), expected)]);
        }
    }
}
