//! How to run: where, with what budget, how many calls at once, from which seed.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::Value;

use super::event::{Event, Observer};
use super::folder::Folder;
use super::stop::Stop;
use crate::evaluate::VerdictRule;
use crate::lm::{Budget, Cache, Gateway, Retry};
use crate::module::{Module, ModuleExt};
use crate::state::State;

/// Calls at once, where the user sets nothing.
const CONCURRENCY: NonZeroUsize = NonZeroUsize::new(16).unwrap();

/// Failed rollouts that a run puts up with, where the user sets nothing.
const MAX_ERRORS: usize = 10;

/// How an optimization is run.
///
/// ```
/// use dashoptimize::engine::Run;
/// use dashoptimize::lm::Budget;
///
/// let run = Run::folder("runs/triage").budget(Budget::usd(2.0)).concurrency(16).seed(7);
/// ```
#[derive(Clone, Debug)]
pub struct Run {
    pub(super) folder: Option<PathBuf>,
    pub(super) budget: Budget,
    pub(super) concurrency: NonZeroUsize,
    pub(super) seed: u64,
    retry: Retry,
    cache: Option<Cache>,
    pub(super) max_errors: usize,
    pub(super) install: Install,
    verdict: VerdictRule,
    observers: Vec<Arc<dyn Observer>>,
}

/// Which program an optimization returns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Install {
    /// The tuned one where the verdict is `Better`. Where there is no hold-out to judge it, the tuned
    /// one unless it did worse on the validation part. Otherwise the program as given.
    #[default]
    IfBetter,
    /// The tuned one, whatever the verdict.
    Always,
}

impl Run {
    /// A run in this folder. It is made where it does not exist; where an earlier sitting of the
    /// same run stopped, the run goes on, and nothing that was paid for is paid again.
    pub fn folder(path: impl AsRef<Path>) -> Self {
        Self {
            folder: Some(path.as_ref().to_owned()),
            ..Self::in_memory()
        }
    }

    /// A run that leaves nothing behind and cannot be resumed. All replies stay in memory until it
    /// ends; in a [folder](Self::folder) they do not.
    #[must_use]
    pub fn in_memory() -> Self {
        Self {
            folder: None,
            budget: Budget::unlimited(),
            concurrency: CONCURRENCY,
            seed: 0,
            retry: Retry::DEFAULT,
            cache: None,
            max_errors: MAX_ERRORS,
            install: Install::IfBetter,
            verdict: VerdictRule::default(),
            observers: Vec::new(),
        }
    }

    /// Sets what may be spent. Default: no limit.
    #[must_use]
    pub const fn budget(mut self, budget: Budget) -> Self {
        self.budget = budget;
        self
    }

    /// Sets how many calls are on their way at once; 0 counts as 1. Default 16. It changes how long a
    /// run takes, not what it finds.
    #[must_use]
    pub fn concurrency(mut self, calls: usize) -> Self {
        self.concurrency = NonZeroUsize::new(calls).unwrap_or(NonZeroUsize::MIN);
        self
    }

    /// Sets the seed of all random choices. Default 0.
    #[must_use]
    pub const fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Sets when failed calls are tried again. Default [`Retry::DEFAULT`].
    #[must_use]
    pub fn retry(mut self, retry: Retry) -> Self {
        self.retry = retry;
        self
    }

    /// Reads replies from a cache shared with other runs, and writes them there. Default: none.
    #[must_use]
    pub fn cache(mut self, cache: Cache) -> Self {
        self.cache = Some(cache);
        self
    }

    /// Sets how many rollouts may fail by provider, metric or program code before the run stops.
    /// Default 10. A reply that cannot be read is no such failure.
    #[must_use]
    pub const fn max_errors(mut self, errors: usize) -> Self {
        self.max_errors = errors;
        self
    }

    /// Sets which program is returned. Default [`Install::IfBetter`].
    #[must_use]
    pub const fn install(mut self, install: Install) -> Self {
        self.install = install;
        self
    }

    /// Sets how the tuned program is judged against the one given. Default: [`VerdictRule::default`].
    /// Its seed is the run's.
    #[must_use]
    pub const fn verdict(mut self, rule: VerdictRule) -> Self {
        self.verdict = rule;
        self
    }

    /// Adds someone who watches. By default nobody does.
    #[must_use]
    pub fn observer(mut self, observer: impl Observer) -> Self {
        self.observers.push(Arc::new(observer));
        self
    }

    /// Opens the folder and the gateway for a program.
    pub(super) fn open<M: Module>(
        &self,
        program: &M,
        manifest: &Value,
    ) -> Result<(Gateway, Folder), Stop> {
        // Paths that differ are what a state is applied by.
        let checked = program.with_state(&State::default());
        checked.map_err(|error| Stop::Unusable(error.to_string()))?;
        let folder = Folder::open(self.folder.as_deref(), manifest)?;
        let gateway = Gateway::of_run(
            self.budget,
            self.concurrency.get(),
            self.retry,
            folder.journal()?,
            self.cache.clone(),
        );
        let predictors = program.predictors();
        let models = predictors
            .iter()
            .map(|predictor| (predictor.lm(), Some(&predictor.state().params)));
        // A budget that cannot be enforced is an error before the first call, not an end of the run.
        gateway.check_budget(models).map_err(Stop::Budget)?;
        Ok((gateway, folder))
    }

    pub(super) const fn verdict_rule(&self) -> VerdictRule {
        self.verdict.with_seed(self.seed)
    }

    pub(super) fn notice(&self, event: &Event) {
        for observer in &self.observers {
            observer.notice(event);
        }
    }
}
