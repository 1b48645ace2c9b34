//! The stages of an optimizer pipeline, and what each of them gained.

use std::fmt;

use crate::evaluate::Measured;

/// A stage of an optimizer pipeline: what it started from and what it reached on the validation part.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct StageReport {
    /// Which stage: `stage 2`, or `stage 2.1` if a stage is itself a pipeline.
    pub name: String,
    /// The name of the optimizer.
    pub optimizer: String,
    /// The program that the stage was given.
    pub initial: Option<Measured>,
    /// The best program of the run when the stage ended, which the next stage was given.
    pub r#final: Option<Measured>,
}

impl StageReport {
    /// What the stage gained in points of the metric, with rows that have no score as the worst; 0 if it
    /// found nothing better. `None` if nothing was measured.
    #[must_use]
    pub fn improvement(&self) -> Option<f64> {
        let score = |measured: &Option<Measured>| measured.as_ref()?.score_at_worst();
        Some(score(&self.r#final)? - score(&self.initial)?)
    }
}

/// The position of a stage in a run: numbers from 1, those of inner pipelines after the number of the
/// outer stage. The run as a whole has no numbers.
#[derive(Clone, Debug, Default)]
pub(super) struct StagePath(Vec<usize>);

impl StagePath {
    /// The stage with this number inside this one.
    pub(super) fn child(&self, number: usize) -> Self {
        let mut numbers = self.0.clone();
        numbers.push(number);
        Self(numbers)
    }

    /// Whether this stage is directly inside the other.
    pub(super) fn is_child_of(&self, outer: &Self) -> bool {
        self.0.len() == outer.0.len() + 1 && self.is_within(outer)
    }

    /// Whether this stage is inside the other, at any depth.
    pub(super) fn is_within(&self, outer: &Self) -> bool {
        self.0.starts_with(&outer.0)
    }

    /// The name in the log; none of the run as a whole.
    pub(super) fn in_log(&self) -> Option<String> {
        (!self.0.is_empty()).then(|| self.to_string())
    }

    /// The name by which the whole run knows something of this stage. No two stages share it.
    pub(super) fn name(&self, name: &str) -> String {
        match self.0.is_empty() {
            true => name.to_owned(),
            false => format!("{self}, {name}"),
        }
    }
}

/// `stage 2.1`
impl fmt::Display for StagePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let numbers: Vec<String> = self.0.iter().map(ToString::to_string).collect();
        write!(f, "stage {}", numbers.join("."))
    }
}
