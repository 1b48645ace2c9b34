//! What a candidate did on one row, and the outcomes that a run holds.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::candidate::Sources;
use super::evaluation::Part;
use super::rollout::Rollout;
use super::state_id::StateId;
use super::trial::Trial;
use crate::evaluate::Score;
use crate::module::Module;

/// What a candidate did on one row: score, objectives and feedback, without the trace.
///
/// The words of a metric about a row of the validation part are not given: an optimizer chooses by these rows,
/// and what it shows to a proposer comes from the training part.
#[derive(Clone, Debug)]
pub struct RowOutcome {
    part: Part,
    row: usize,
    held: Held,
}

/// What a run holds of an outcome.
#[derive(Clone, Debug)]
struct Held {
    score: Option<f64>,
    judged: Option<Arc<Score>>,
    error: Option<Arc<str>>,
}

impl RowOutcome {
    /// The part that the row is in.
    #[must_use]
    pub const fn part(&self) -> Part {
        self.part
    }

    /// The index of the row in its part.
    #[must_use]
    pub const fn row(&self) -> usize {
        self.row
    }

    /// The score by which programs are compared, as [`Rollout::score`].
    #[must_use]
    pub const fn score(&self) -> Option<f64> {
        self.held.score
    }

    /// A further number of the metric, by name. `None` if the metric gave none of that name.
    #[must_use]
    pub fn objective(&self, name: &str) -> Option<f64> {
        self.objectives()?.get(name).copied()
    }

    /// All further numbers of the metric by name, if it gave any.
    #[must_use]
    pub fn objectives(&self) -> Option<&BTreeMap<String, f64>> {
        Some(self.held.judged.as_ref()?.objectives())
    }

    /// What the metric said in words about the part of this predictor, or about the whole prediction if it
    /// names no predictor. If there was nothing to judge, it is the error. `None` on the validation part.
    #[must_use]
    pub fn feedback_for(&self, predictor: &str) -> Option<&str> {
        if self.part != Part::Train {
            return None;
        }
        match &self.held.judged {
            Some(score) => score.feedback_for(predictor),
            None => self.held.error.as_deref(),
        }
    }

    /// An outcome of which nothing but the score is known.
    pub(super) const fn scored(part: Part, row: usize, score: Option<f64>) -> Self {
        let held = Held {
            score,
            judged: None,
            error: None,
        };
        Self { part, row, held }
    }
}

/// The outcomes that a run holds, so that no row is run or judged twice for them.
#[derive(Default)]
pub(super) struct RowOutcomes(HashMap<RowKey, Held>);

/// What an outcome depends on.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) struct RowKey {
    state: StateId,
    /// On a training row, demos that were made of it are not shown.
    sources: Option<Arc<Sources>>,
    part: Part,
    row: usize,
    sample: u32,
    temperature: Option<u64>,
    lm: Option<String>,
}

impl RowKey {
    pub(super) fn of<M: Module>(trial: &Trial<M>) -> Self {
        let candidate = trial.candidate();
        let is_train = trial.part() == Part::Train;
        let lm = trial.own_lm();
        Self {
            state: candidate.state_id(),
            sources: is_train.then(|| candidate.shared_sources()),
            part: trial.part(),
            row: trial.row(),
            sample: trial.sample_index(),
            temperature: trial.own_temperature().map(f64::to_bits),
            lm: lm.map(|lm| lm.info().id.clone()),
        }
    }

    /// Whether it is what an evaluation of the validation part measures.
    pub(super) fn is_of_evaluation(&self) -> bool {
        self.part == Part::Val
            && self.sample == 0
            && self.temperature.is_none()
            && self.lm.is_none()
    }
}

impl RowOutcomes {
    /// What this gave, if the run holds it.
    pub(super) fn find(&self, key: &RowKey) -> Option<RowOutcome> {
        Some(RowOutcome {
            part: key.part,
            row: key.row,
            held: self.0.get(key)?.clone(),
        })
    }

    /// Keeps what a trial gave.
    pub(super) fn keep(&mut self, key: RowKey, rollout: &Rollout) {
        let outcome = rollout.outcome();
        let held = Held {
            score: rollout.score(),
            judged: outcome.metric_score().cloned().map(Arc::new),
            error: outcome.error().map(Arc::from),
        };
        self.0.insert(key, held);
    }
}
