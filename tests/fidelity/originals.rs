//! What the originals did, as it was recorded.

use std::fmt;

use serde_json::Value;

/// What an optimizer did, as means over all seeds.
#[derive(Clone, Debug, Default)]
pub(super) struct Original {
    /// Calls for the task, those of the evaluation on the test rows left out.
    pub(super) task: f64,
    /// Calls for proposals.
    pub(super) proposals: f64,
    /// How many prompts of the task were met.
    pub(super) prompts: f64,
    /// The share of right answers on the validation rows.
    pub(super) val: f64,
    /// The share of right answers on rows that no optimizer sees.
    pub(super) test: f64,
}

impl Original {
    /// What was recorded of an optimizer.
    pub(super) fn recorded(name: &str) -> Self {
        let recorded: Value = serde_json::from_str(include_str!("recorded.json")).unwrap();
        let optimizer = &recorded["optimizers"][name];
        let mean = |key: &str| mean(optimizer[key].as_array().unwrap());
        Self {
            task: mean("task"),
            proposals: mean("proposals"),
            prompts: mean("prompts"),
            val: mean("val"),
            test: mean("test"),
        }
    }
}

impl fmt::Display for Original {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:6.1} calls, {:5.1} for proposals, {:5.1} prompts, val {:.3}, test {:.3}",
            self.task, self.proposals, self.prompts, self.val, self.test
        )
    }
}

fn mean(values: &[Value]) -> f64 {
    let sum: f64 = values.iter().filter_map(Value::as_f64).sum();
    sum / values.len() as f64
}
