//! A search that races programs with given instructions.

use dashoptimize::engine::{Candidate, Race, Search, Stop, Study};
use dashoptimize::evaluate::{Metric, MetricFn, Splits};
use dashoptimize::module::ModuleExt;
use dashoptimize::optimizer::{Optimized, Optimizer};
use dashoptimize::prelude::*;
use serde_json::{Value, json};

use super::landscape::{Node, Word, WordOutput, is_right};

/// Races programs with these instructions, all at once or one after the other with the best so far.
pub(crate) struct RaceInstructions {
    pub(crate) instructions: Vec<String>,
    pub(crate) at_once: bool,
    /// Evaluates this one in full afterwards, by its place.
    pub(crate) then: Option<usize>,
    metric: MetricFn<Word, WordOutput>,
}

impl RaceInstructions {
    pub(crate) fn new<S: Into<String>>(instructions: impl IntoIterator<Item = S>) -> Self {
        Self {
            instructions: instructions.into_iter().map(Into::into).collect(),
            at_once: true,
            then: None,
            metric: MetricFn::new(is_right),
        }
    }

    /// One after the other, each with the best so far.
    pub(crate) fn one_by_one(mut self) -> Self {
        self.at_once = false;
        self
    }

    pub(crate) async fn run(
        &self,
        program: &Node,
        data: &Splits<Word>,
        run: &Run,
    ) -> Optimized<Node> {
        self.optimize(program, data, run)
            .await
            .expect("the run can work")
    }
}

impl Search<Node, Word> for RaceInstructions {
    fn name(&self) -> &'static str {
        "RaceInstructions"
    }

    fn settings(&self) -> Value {
        json!([self.instructions, self.at_once, self.then])
    }

    async fn search(&self, study: &Study<'_, Node, Word>) -> Result<Candidate<Node>, Stop> {
        let states = self.instructions.iter().map(|text| {
            let mut state = study.student().state();
            for predictor in state.predictors.values_mut() {
                predictor.instructions = Some(text.clone());
            }
            (text.clone(), state)
        });
        let candidates = study.candidates(&states.collect::<Vec<_>>())?;
        let mut best = study.base().clone();
        let groups: Vec<&[Candidate<Node>]> = match self.at_once {
            true => vec![&candidates],
            false => candidates.chunks(1).collect(),
        };
        for group in groups {
            let mut racers = vec![best.clone()];
            racers.extend_from_slice(group);
            let race = study.race(&racers).await?;
            check(&race, &racers);
            best = racers.swap_remove(race.best().unwrap_or(0));
        }
        if let Some(then) = self.then {
            study.evaluate(&candidates[then]).await?;
        }
        Ok(best)
    }
}

/// What holds of every race.
fn check(race: &Race, racers: &[Candidate<Node>]) {
    assert_eq!(race.raced.len(), racers.len());
    assert!(race.best().is_some(), "one always finishes");
    assert!(
        race.raced[0].evaluation().is_some(),
        "what is known stays known"
    );
}

impl Optimizer<Node, Word> for RaceInstructions {
    fn metric(&self) -> &dyn Metric<Word, WordOutput> {
        &self.metric
    }
}
