//! Demos that are added and dropped.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::draws::poisson;
use super::settings::Settings;
use crate::call::TraceStep;
use crate::engine::{Candidate, DemoSource, SeededRng, Sources};
use crate::module::{Module, ModuleExt, Predictor};
use crate::state::{Demo, State};

/// How many demos there are room for where none are wanted, for the number of those that are dropped.
const ROOM_WITHOUT_LIMIT: usize = 3;

/// A state with what its demos were made of, on its way to a candidate.
#[derive(Clone)]
pub(super) struct Draft {
    pub(super) state: State,
    pub(super) sources: Sources,
}

impl Draft {
    /// The state of a candidate, with a random number of its demos dropped: the more it has, the more.
    pub(super) fn of<M: Module>(
        candidate: &Candidate<M>,
        settings: &Settings,
        rng: &mut SeededRng,
    ) -> Self {
        let mut draft = Self {
            state: candidate.program().state(),
            sources: candidate.sources().clone(),
        };
        let predictors = candidate.program().predictors();
        let counts = predictors.iter().map(|p| p.state().demos.len());
        let demos = counts.max().unwrap_or(0);
        let room = match settings.max_demos {
            0 => ROOM_WITHOUT_LIMIT,
            most => most,
        };
        let least = usize::from(demos >= room);
        let drop = poisson(rng, demos as f64 / room as f64)
            .max(least)
            .min(demos);
        let dropped: BTreeSet<usize> = (0..drop).map(|_| rng.below(demos)).collect();
        if !dropped.is_empty() {
            for predictor in predictors {
                draft.drop_demos(predictor, &dropped);
            }
        }
        draft
    }

    fn drop_demos(&mut self, predictor: &Predictor, dropped: &BTreeSet<usize>) {
        let kept = |index: &usize| !dropped.contains(index);
        let demos = predictor.state().demos.iter().enumerate();
        let demos = demos.filter(|(index, _)| kept(index));
        let demos = demos.map(|(_, demo)| demo.clone()).collect();
        self.set_demos(predictor, demos);
        if let Some(sources) = self.sources.get_mut(predictor.path()) {
            let mut index = 0;
            sources.retain(|_| {
                index += 1;
                kept(&(index - 1))
            });
        }
    }

    /// Sets the demos; how a call chooses from them stays as it is.
    fn set_demos(&mut self, predictor: &Predictor, demos: Vec<Demo>) {
        if let Some(state) = self.state.predictors.get_mut(predictor.path()) {
            state.demos = demos;
        }
    }

    /// Adds the last call of each predictor in a run on this training row as a demo. Returns whether there was
    /// one.
    pub(super) fn append_demos(
        &mut self,
        predictors: &[&Predictor],
        (row, trace): (usize, &[TraceStep]),
        longest_input: usize,
    ) -> bool {
        let mut last: BTreeMap<&str, &TraceStep> = BTreeMap::new();
        // A step that failed has nothing to show.
        for step in trace.iter().filter(|step| step.outputs().is_some()) {
            last.insert(&step.predictor, step);
        }
        let mut has_added = false;
        for predictor in predictors {
            let step = last.get(predictor.path());
            let demo = step.and_then(|step| {
                let inputs = shortened(&step.inputs, longest_input);
                Some(Demo::new(inputs, step.outputs()?.clone()))
            });
            // A value that JSON cannot represent makes no demo.
            let Some(demo) = demo.filter(|demo| demo.check(predictor.spec()).is_ok()) else {
                continue;
            };
            let path = predictor.path();
            if let Some(state) = self.state.predictors.get_mut(path) {
                let unknown = state.demos.len();
                state.demos.push(demo);
                // Sources belong to demos by their place.
                let sources = self.sources.entry(path.to_owned()).or_default();
                if sources.len() == unknown {
                    sources.push(DemoSource::bootstrapped(row));
                } else {
                    self.sources.remove(path);
                }
                has_added = true;
            }
        }
        has_added
    }
}

/// The inputs, with texts of at most so many characters.
fn shortened(inputs: &Map<String, Value>, most: usize) -> Map<String, Value> {
    let short = |value: &Value| match value {
        Value::String(text) => match text.char_indices().nth(most) {
            Some((end, _)) => Value::from(&text[..end]),
            None => value.clone(),
        },
        other => other.clone(),
    };
    let inputs = inputs.iter();
    inputs
        .map(|(name, value)| (name.clone(), short(value)))
        .collect()
}
