//! `LabeledFewShot`: labelled rows as demos.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::labelled_rows::labelled_rows;
use super::stage::{NoMetric, takes_metric};
use crate::engine::{Candidate, Forecast, Search, SeededRng, Sizes, Stop, Study};
use crate::evaluate::Example;
use crate::module::{Module, ModuleExt};
use crate::state::State;

/// How rows are picked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum SamplingStrategy {
    /// The first rows.
    Sequential,
    /// Random rows, each at most once. Each predictor gets a separate sample.
    Random {
        /// The seed of the sample; `None` takes the run's.
        seed: Option<u64>,
    },
}

/// Shows the program labelled rows as they are. No model is called to choose them.
///
/// A row becomes a demo of a predictor if it has all of the predictor's inputs and one of its outputs.
/// Outputs that the row lacks, such as `reasoning`, are shown as not supplied; a row that lacks an input, such
/// as the passages that an earlier step finds, would teach the model to make up what it was not given.
///
/// Source: DSPy's `LabeledFewShot`. There the seed is fixed, and rows that fit no predictor are
/// silently dropped.
#[derive(Clone, Debug, Serialize)]
pub struct LabeledFewShot<X = NoMetric> {
    #[serde(skip)]
    metric: X,
    max_demos: usize,
    strategy: SamplingStrategy,
}

impl<X> LabeledFewShot<X> {
    const fn with(metric: X) -> Self {
        Self {
            metric,
            max_demos: 16,
            strategy: SamplingStrategy::Random { seed: None },
        }
    }

    /// Sets how many demos each predictor gets, if there are as many rows. Default 16.
    #[must_use]
    pub const fn max_demos(mut self, demos: usize) -> Self {
        self.max_demos = demos;
        self
    }

    /// Sets how rows are picked. Default [`SamplingStrategy::Random`] with the run's seed.
    #[must_use]
    pub const fn strategy(mut self, strategy: SamplingStrategy) -> Self {
        self.strategy = strategy;
        self
    }
}

takes_metric!(LabeledFewShot: "up to 16 demos at random.");

impl<M, E, X> Search<M, E> for LabeledFewShot<X>
where
    M: Module,
    E: Example<M::Input>,
    X: Send + Sync,
{
    fn name(&self) -> &'static str {
        "LabeledFewShot"
    }

    fn settings(&self) -> Value {
        json!(self)
    }

    fn forecast(&self, sizes: Sizes) -> Forecast {
        Forecast::runs(0, sizes.val).with_demos(self.max_demos as u64)
    }

    async fn search(&self, study: &Study<'_, M, E>) -> Result<Candidate<M>, Stop> {
        let state = labeled(
            study,
            &study.student().state(),
            self.max_demos,
            self.strategy,
        );
        let origin = format!("labelled demos, up to {}", self.max_demos);
        study.candidate(origin, &state)
    }
}

/// The state with labelled demos in place of its demos.
pub(super) fn labeled<M: Module, E: Example<M::Input>>(
    study: &Study<'_, M, E>,
    base: &State,
    max_demos: usize,
    strategy: SamplingStrategy,
) -> State {
    let mut state = base.clone();
    for predictor in study.student().predictors() {
        let usable = match max_demos {
            0 => Vec::new(),
            _ => labelled_rows(study, predictor),
        };
        let picked = pick(study, predictor.path(), usable.len(), max_demos, strategy);
        let demos = picked.into_iter().map(|place| usable[place].1.clone());
        predictor.set_demos_in(&mut state, demos.collect());
    }
    state
}

fn pick<M: Module, E: Example<M::Input>>(
    study: &Study<'_, M, E>,
    path: &str,
    rows: usize,
    max_demos: usize,
    strategy: SamplingStrategy,
) -> Vec<usize> {
    let count = max_demos.min(rows);
    match strategy {
        SamplingStrategy::Sequential => (0..count).collect(),
        SamplingStrategy::Random { seed } => {
            let name = format!("labeled few-shot {path}");
            let mut rng = match seed {
                Some(seed) => SeededRng::new(seed, &name),
                None => study.rng(&name),
            };
            rng.sample(rows, count)
        }
    }
}
