//! What an optimization gives back.

use std::path::PathBuf;
use std::time::Duration;

use super::{Ended, StageReport, Stop};
use crate::artifact::{Artifact, Diff};
use crate::evaluate::{Measured, Verdict};
use crate::lm::{Ledger, Spend};
use crate::module::Module;
use crate::state::State;

/// The result of an optimization. Printed, it is the end card: verdict, spend, what changed, what
/// next.
#[derive(Clone, Debug)]
pub struct Optimized<M> {
    /// The program to use: the tuned one where the verdict is `Better`, where there is no hold-out
    /// and it did no worse on the validation part, or where the run was told to install it
    /// [always](super::Install::Always); otherwise the program as given.
    pub program: M,
    /// The state of the program as given.
    pub original: State,
    /// The best state that was found, installed or not.
    pub tuned: State,
    /// Whether the tuned program is really better. `None` without a hold-out, or where the budget
    /// ended before it could be opened.
    pub verdict: Option<Verdict>,
    /// Whether [`program`](Self::program) is the tuned one.
    pub installed: bool,
    /// The tuned program as a file.
    pub artifact: Artifact,
    /// What was tried and spent.
    pub report: Report,
}

/// What a run tried and spent.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Report {
    /// Name of the optimizer.
    pub optimizer: String,
    /// The program as given on the validation part; `None` where the budget ended before.
    pub initial: Option<Measured>,
    /// The best program on the validation part. It was chosen there, so the number flatters it; the
    /// hold-out is what counts.
    pub r#final: Option<Measured>,
    /// The program as given and the tuned one on the hold-out.
    pub holdout: Option<(Measured, Measured)>,
    /// All candidates that were evaluated, in order.
    pub tried: Vec<Tried>,
    /// The stages of an optimizer pipeline, in order; empty for any other optimizer.
    pub stages: Vec<StageReport>,
    /// Rows of the train, validation and hold-out parts.
    pub rows: [usize; 3],
    /// What was spent, and on what; earlier sittings included.
    pub ledger: Ledger,
    /// Time of work, earlier sittings included.
    pub elapsed: Duration,
    /// How the run ended.
    pub ended: Ended,
    /// Where the best program comes from, in words.
    pub chosen: String,
    /// The run folder.
    pub folder: Option<PathBuf>,
}

/// One candidate on the validation part.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Tried {
    /// Its number.
    pub candidate: u32,
    /// Where it comes from, in words.
    pub origin: String,
    /// What was measured.
    pub measured: Measured,
    /// What its evaluation cost.
    pub spend: Spend,
}

/// An optimization that could not go on. What was paid for is in the run folder: run again, and
/// nothing is paid twice.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{stop}")]
pub struct OptimizeError {
    /// Why.
    #[source]
    pub stop: Box<Stop>,
    /// What was spent, earlier sittings included.
    pub spend: Spend,
}

impl OptimizeError {
    pub(super) fn new(stop: Stop, spend: Spend) -> Self {
        Self {
            stop: Box::new(stop),
            spend,
        }
    }
}

impl<M: Module> Optimized<M> {
    /// The score of the program as given on the validation part (failures count as 0), by convention
    /// from 0 to 1.
    #[must_use]
    pub fn initial_score(&self) -> Option<f64> {
        self.report.initial.as_ref()?.score()
    }

    /// The score of the best program on the validation part (failures count as 0).
    #[must_use]
    pub fn final_score(&self) -> Option<f64> {
        self.report.r#final.as_ref()?.score()
    }

    /// What the search changed, predictor by predictor.
    #[must_use]
    pub fn diff(&self) -> Diff {
        Diff::between(&self.program, &self.original, &self.tuned)
    }
}
