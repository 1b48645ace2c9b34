//! What an optimization returns.

use std::error::Error;
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::evaluation::PartSizes;
use super::no_verdict::NoVerdict;
use super::race::{Headroom, SavedSpend, StoppedEvaluation};
use super::stage::StageReport;
use super::stop::{Ended, Stop};
use crate::artifact::{Artifact, ArtifactError, Diff};
use crate::error_text::debug_is_message;
use crate::evaluate::{Measured, Verdict};
use crate::lm::{Ledger, Spend, UsageExcess};
use crate::module::Module;
use crate::state::State;

/// The result of an optimization. Printed with `{}`, it is the end card: verdict, spend, what changed, what
/// to do next. Printed with `{:#}`, it is the whole report, which a run folder holds as `report.txt`: the
/// card, what was run on what, all candidates, and every change of a prompt.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Optimized<M> {
    /// The program to use. It is the tuned program if the verdict is `Better`, if there is no hold-out
    /// and it did no worse on the validation part, or if the run was told to
    /// [always](super::Install::Always) install it; otherwise the program as given.
    pub program: M,
    /// The state of the program as given.
    pub original: State,
    /// The best state that was found, installed or not.
    pub tuned: State,
    /// Whether the tuned program is really better. `None` if there is none, as [`Report::no_verdict`] says.
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
    /// The name of the optimizer.
    pub optimizer: String,
    /// The program as given on the validation part. `None` if the budget ended before.
    pub initial: Option<Measured>,
    /// The best program on the validation part, the program as given included. It was chosen there, so
    /// the number is too favourable; the hold-out is what counts. `None` if the budget ended before.
    pub r#final: Option<Measured>,
    /// Both programs on the hold-out.
    pub holdout: Option<HoldoutReport>,
    /// All candidates that were evaluated, in order.
    pub tried: Vec<Tried>,
    /// All candidates that a race stopped, in order. None of them was evaluated in full.
    pub stopped: Vec<StoppedCandidate>,
    /// What races saved.
    pub saved: SavedSpend,
    /// How much there is left to gain on the validation part. `None` if the budget ended before anything was
    /// measured.
    pub headroom: Option<Headroom>,
    /// The runs of candidates on chosen rows together, such as those that demos were to be made of. `None`
    /// if there were none.
    pub trials: Option<Measured>,
    /// The stages of an optimizer pipeline, in order; empty for any other optimizer.
    pub stages: Vec<StageReport>,
    /// What is remarkable about the search, in the words of the optimizer.
    pub remarks: Vec<String>,
    /// How many rows the parts have.
    pub rows: PartSizes,
    /// What was spent, and on what, earlier attempts at the run included.
    pub ledger: Ledger,
    /// The time spent working, earlier attempts at the run included.
    pub elapsed: Duration,
    /// How the run ended.
    pub ended: Ended,
    /// Why there is no verdict, if there is none.
    pub no_verdict: Option<NoVerdict>,
    /// The models whose provider reported more for a call than it can have used, so that a budget in tokens
    /// or dollars could be exceeded.
    pub excesses: Vec<UsageExcess>,
    /// Where the best program comes from, in words.
    pub chosen: String,
    /// The run folder.
    pub folder: Option<PathBuf>,
}

/// Both programs on the hold-out.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct HoldoutReport {
    /// The program as given.
    pub initial: Measured,
    /// The tuned program.
    pub tuned: Measured,
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

/// A candidate that a race stopped.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct StoppedCandidate {
    /// Its number.
    pub candidate: u32,
    /// Where it comes from, in words.
    pub origin: String,
    /// What is known of it.
    pub stopped: StoppedEvaluation,
}

/// An optimization that could not continue. Everything that was paid for is in the run folder: run
/// again, and nothing is paid twice.
#[derive(Clone)]
#[non_exhaustive]
pub struct OptimizeError {
    /// Why.
    pub stop: Box<Stop>,
    /// What was spent, earlier attempts at the run included.
    pub spend: Spend,
}

impl fmt::Display for OptimizeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.stop.fmt(f)
    }
}

debug_is_message!(OptimizeError);

/// The message is that of [`stop`](OptimizeError::stop), which is therefore not its source.
impl Error for OptimizeError {}

impl OptimizeError {
    pub(super) fn new(stop: Stop, spend: Spend) -> Self {
        Self {
            stop: Box::new(stop),
            spend,
        }
    }
}

impl<M: Module> Optimized<M> {
    /// The [score](crate::evaluate::Measured::score) of the program as given on the validation part.
    #[must_use]
    pub fn initial_score(&self) -> Option<f64> {
        self.report.initial.as_ref()?.score()
    }

    /// The [score](crate::evaluate::Measured::score) of the best program on the validation part, which may
    /// be the program as given.
    #[must_use]
    pub fn final_score(&self) -> Option<f64> {
        self.report.r#final.as_ref()?.score()
    }

    /// Writes the prompts of [`program`](Self::program) to a file, with where they come from: the data, the
    /// models, the optimizer and the verdict. This is the file to review and to deploy.
    ///
    /// If the tuned program is not [installed](Self::installed), these are the prompts as given.
    /// [`artifact`](Self::artifact) is the tuned program in any case.
    ///
    /// # Errors
    ///
    /// As [`Artifact::save`].
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), ArtifactError> {
        if self.installed {
            return self.artifact.save(path);
        }
        let given = Artifact::of(&self.program);
        match self.artifact.provenance() {
            Some(provenance) => given.with_provenance(provenance.clone()).save(path),
            None => given.save(path),
        }
    }

    /// What the search changed, predictor by predictor.
    #[must_use]
    pub fn diff(&self) -> Diff {
        Diff::between(&self.program, &self.original, &self.tuned)
    }
}
