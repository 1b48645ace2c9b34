//! How SIMBA searches.

use serde::Serialize;

/// What SIMBA does with a row to get a better program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum SIMBAStrategy {
    /// Adds the best run on the row as a demo of each predictor that it called.
    AppendADemo,
    /// Lets a model compare the best and the worst run on the row, and adds its advice to the instructions of
    /// the predictors that are to blame.
    AppendARule,
}

/// Whose search it is where guide and source differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Road {
    Guide,
    Original,
}

/// How SIMBA searches.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Settings {
    pub(super) road: Road,
    pub(super) strategies: Vec<SIMBAStrategy>,
    pub(super) num_candidates: usize,
    pub(super) k: usize,
    pub(super) temperature_for_sampling: f64,
    pub(super) temperature_for_candidates: f64,
    /// `None`: every row of a batch is run `num_candidates` times.
    pub(super) lambda: Option<f64>,
    pub(super) bsize: usize,
    pub(super) max_steps: usize,
    pub(super) max_demos: usize,
    pub(super) demo_input_field_maxlen: usize,
}

impl Settings {
    /// The defaults of the guide.
    pub(super) fn guide() -> Self {
        Self {
            road: Road::Guide,
            strategies: vec![SIMBAStrategy::AppendADemo, SIMBAStrategy::AppendARule],
            num_candidates: 10,
            k: 3,
            temperature_for_sampling: 1.4,
            temperature_for_candidates: 1.4,
            lambda: Some(3.0),
            bsize: 32,
            max_steps: 8,
            max_demos: 4,
            demo_input_field_maxlen: 100_000,
        }
    }

    /// The defaults of DSPy.
    pub(super) fn original() -> Self {
        Self {
            road: Road::Original,
            num_candidates: 6,
            k: 6,
            temperature_for_sampling: 0.2,
            temperature_for_candidates: 0.2,
            lambda: None,
            ..Self::guide()
        }
    }

    /// The strategies; without demos, no demo is added.
    pub(super) fn usable_strategies(&self) -> Vec<SIMBAStrategy> {
        let strategies = self.strategies.iter().copied();
        let is_usable = |s: &SIMBAStrategy| *s != SIMBAStrategy::AppendADemo || self.max_demos > 0;
        strategies.filter(is_usable).collect()
    }
}
