//! What the originals did, as it was recorded.

use std::fmt;

use serde_json::Value;

/// What an optimizer did, each number once for each seed.
#[derive(Clone, Debug, Default)]
pub(super) struct Runs {
    /// Calls for the task, those of the last evaluations left out.
    pub(super) task: Vec<f64>,
    /// Calls for proposals.
    pub(super) proposals: Vec<f64>,
    /// How many prompts of the task were met.
    pub(super) prompts: Vec<f64>,
    /// The share of right answers on the validation rows.
    pub(super) val: Vec<f64>,
    /// The share of right answers on rows that no optimizer sees.
    pub(super) test: Vec<f64>,
}

impl Runs {
    /// What was recorded of an optimizer.
    pub(super) fn recorded(name: &str) -> Self {
        let recorded: Value = serde_json::from_str(include_str!("recorded.json")).unwrap();
        let optimizer = &recorded["optimizers"][name];
        let numbers = |key: &str| {
            let numbers = optimizer[key].as_array().expect("it is recorded");
            numbers.iter().filter_map(Value::as_f64).collect()
        };
        Self {
            task: numbers("task"),
            proposals: numbers("proposals"),
            prompts: numbers("prompts"),
            val: numbers("val"),
            test: numbers("test"),
        }
    }
}

impl fmt::Display for Runs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:6.1} calls, {:5.1} for proposals, {:5.1} prompts, val {:.3}, test {:.3}",
            mean(&self.task),
            mean(&self.proposals),
            mean(&self.prompts),
            mean(&self.val),
            mean(&self.test)
        )
    }
}

/// The mean over all seeds.
pub(super) fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// The standard error of the difference of two means.
pub(super) fn standard_error(one: &[f64], other: &[f64]) -> f64 {
    let of_mean = |values: &[f64]| {
        let middle = mean(values);
        let squares = values.iter().map(|value| (value - middle).powi(2));
        squares.sum::<f64>() / ((values.len() - 1) * values.len()) as f64
    };
    (of_mean(one) + of_mean(other)).sqrt()
}
