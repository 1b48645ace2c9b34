//! How to run: in which folder, with what budget, how many concurrent calls, from which seed.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::Value;

use super::event::{Event, Observer};
use super::folder::RunFolder;
use super::models::DeclaredModels;
use super::proposal::ProposalRules;
use super::race::Racing;
use super::stop::Stop;
use crate::evaluate::VerdictRule;
use crate::lm::{Budget, Cache, Gateway, Retry};
use crate::module::{Module, ModuleExt};
use crate::state::State;

/// Concurrent calls, by default.
const CONCURRENCY: NonZeroUsize = NonZeroUsize::new(16).unwrap();

/// Rollouts without an answer that a run tolerates, by default.
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
    pub(super) version: Option<String>,
    retry: Retry,
    cache: Option<Cache>,
    pub(super) max_errors: usize,
    pub(super) proposals: ProposalRules,
    pub(super) install: Install,
    pub(super) racing: Racing,
    pub(super) reopens_holdout: bool,
    verdict: VerdictRule,
    pub(super) wants_verdict: bool,
    observers: Vec<Arc<dyn Observer>>,
}

/// Which program an optimization returns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Install {
    /// The tuned program if the verdict is `Better`. Without a hold-out to judge by, the tuned program
    /// unless it did worse on the validation part, with every row that lacks a score counted against it.
    /// Otherwise the program as given.
    #[default]
    IfBetter,
    /// The tuned program, whatever the verdict.
    Always,
}

impl Run {
    /// A run in this folder, which is made if it does not exist. If the folder holds an earlier
    /// attempt at the same run, the run is resumed, and nothing is paid twice. A folder that holds another
    /// run is refused before the first call; [`version`](Self::version) says what makes a run. That holds for
    /// optimizations and evaluations alike.
    pub fn folder(path: impl AsRef<Path>) -> Self {
        Self {
            folder: Some(path.as_ref().to_owned()),
            ..Self::in_memory()
        }
    }

    /// A run that leaves no files and cannot be resumed. All replies stay in memory until it ends,
    /// which they do not if the run has a [folder](Self::folder).
    #[must_use]
    pub fn in_memory() -> Self {
        Self {
            folder: None,
            budget: Budget::unlimited(),
            concurrency: CONCURRENCY,
            seed: 0,
            version: None,
            retry: Retry::DEFAULT,
            cache: None,
            max_errors: MAX_ERRORS,
            proposals: ProposalRules::DEFAULT,
            install: Install::IfBetter,
            racing: Racing::default(),
            reopens_holdout: false,
            verdict: VerdictRule::default(),
            wants_verdict: true,
            observers: Vec::new(),
        }
    }

    /// Sets what may be spent. Default: no limit.
    ///
    /// An optimization with a hold-out needs enough for a verdict: the program as given and one candidate on
    /// the validation part, and both on the hold-out. A budget of fewer calls than these rows together is
    /// refused before the first call. How many tokens and dollars it takes is known once the program as
    /// given was measured: then a budget that cannot suffice, even if a candidate costs half as much, ends
    /// the run with [`Stop::BudgetTooSmall`], which says how much it takes. From then on, what the hold-out
    /// needs is reserved, retries and calls of unknown usage included, and it is opened only if what is left
    /// suffices. To spend everything on the search, run [without a verdict](Self::without_verdict).
    #[must_use]
    pub const fn budget(mut self, budget: Budget) -> Self {
        self.budget = budget;
        self
    }

    /// Sets how many calls may be in flight concurrently; 0 counts as 1. Default 16. It changes how
    /// long a run takes, not what it finds.
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

    /// Sets a version of the code that the run folder cannot see. Not set by default.
    ///
    /// A folder is resumed only by the run that it belongs to. What makes a run is in its `manifest.json`:
    /// optimizer, settings and seed, the rows, the prompts and the code of the steps of a
    /// [`pipeline!`](crate::pipeline), and the metric's name and version. Functions that a step, a tool or
    /// a metric calls are not in it. If one of them changes what it does, change this version, and the
    /// folder is refused.
    ///
    /// A change that is not announced is still noticed if it changes the score of a row that an earlier
    /// attempt at the run has evaluated, with the same replies.
    ///
    /// ```
    /// use dashoptimize::engine::Run;
    ///
    /// let run = Run::folder("runs/triage").version("search index of May");
    /// ```
    #[must_use]
    pub fn version(mut self, version: impl Into<String>) -> Self {
        self.version = Some(version.into());
        self
    }

    /// Sets when failed calls are retried. Default [`Retry::DEFAULT`].
    #[must_use]
    pub fn retry(mut self, retry: Retry) -> Self {
        self.retry = retry;
        self
    }

    /// Reads replies from a cache shared with other runs, and writes them there. By default there is no
    /// cache.
    #[must_use]
    pub fn cache(mut self, cache: Cache) -> Self {
        self.cache = Some(cache);
        self
    }

    /// Sets how many rollouts may be left without an answer of the provider before the run stops. Default
    /// 10.
    ///
    /// A row that the provider fails is tried a second time when the other rows of the evaluation have
    /// ended. It counts from its first failure on, so that an outage ends the run soon, and no longer once
    /// the second try was answered. What the program fails at does not count: it is part of its score.
    ///
    /// Whatever the limit, a run ends with [`Stop::CannotWork`] if its first rollouts all fail for the same
    /// kind of reason.
    #[must_use]
    pub const fn max_errors(mut self, errors: usize) -> Self {
        self.max_errors = errors;
        self
    }

    /// Sets what proposers are shown, and which texts of theirs are turned away. Default
    /// [`ProposalRules::DEFAULT`].
    #[must_use]
    pub const fn proposals(mut self, rules: ProposalRules) -> Self {
        self.proposals = rules;
        self
    }

    /// Sets which program is returned. Default [`Install::IfBetter`].
    #[must_use]
    pub const fn install(mut self, install: Install) -> Self {
        self.install = install;
        self
    }

    /// Sets whether and how candidates race. By default, an optimizer that compares candidates stops one that
    /// is shown to be worse before it has cost all rows; see [`Study::race`](super::Study::race). With
    /// [`Racing::off`], every candidate is evaluated in full.
    #[must_use]
    pub const fn racing(mut self, racing: Racing) -> Self {
        self.racing = racing;
        self
    }

    /// Lets a run be judged on its hold-out although an earlier attempt in the same folder was. By default
    /// such a run is refused.
    ///
    /// A hold-out is opened once. Whoever goes on with a larger budget after a verdict chooses by that
    /// verdict, and the next one on the same rows is too favourable. The verdict then says which look at the
    /// hold-out it is, in the report and in the artifact, too.
    #[must_use]
    pub const fn reopen_holdout(mut self) -> Self {
        self.reopens_holdout = true;
        self
    }

    /// Lets an optimization do without a verdict: the hold-out stays closed, and nothing is reserved for it.
    /// By default, an optimization with a hold-out ends with one, and a budget that cannot suffice for it is
    /// refused.
    #[must_use]
    pub const fn without_verdict(mut self) -> Self {
        self.wants_verdict = false;
        self
    }

    /// Sets how the tuned program is judged against the program as given. Default:
    /// [`VerdictRule::default`]. Its seed is replaced by the run's.
    #[must_use]
    pub const fn verdict(mut self, rule: VerdictRule) -> Self {
        self.verdict = rule;
        self
    }

    /// Adds an observer, which is told of all [events](Event). By default there is none.
    #[must_use]
    pub fn observer(mut self, observer: impl Observer) -> Self {
        self.observers.push(Arc::new(observer));
        self
    }

    /// Opens the folder and the gateway for a program and the models that are called besides its own.
    pub(super) fn open<M: Module>(
        &self,
        program: &M,
        models: &DeclaredModels,
        manifest: &Value,
    ) -> Result<(Gateway, RunFolder), Stop> {
        // A state is applied by path, so the paths must differ.
        let checked = program.with_state(&State::default());
        checked.map_err(|error| Stop::Unusable(error.to_string()))?;
        let folder = RunFolder::open(self.folder.as_deref(), manifest)?;
        let gateway = Gateway::of_run(
            self.budget,
            self.concurrency.get(),
            self.retry,
            folder.journal()?,
            self.cache.clone(),
        );
        let predictors = program.predictors();
        let own = predictors
            .iter()
            .map(|predictor| (predictor.lm(), Some(&predictor.state().params)));
        let declared = models.iter().map(|lm| (lm, None));
        // A budget that cannot be enforced is an error before the first call, not an end of the run.
        gateway
            .check_budget(own.chain(declared))
            .map_err(Stop::Budget)?;
        Ok((gateway, folder))
    }

    /// Whether calls may be answered by a cache.
    pub(super) const fn has_cache(&self) -> bool {
        self.cache.is_some()
    }

    pub(super) const fn verdict_rule(&self) -> VerdictRule {
        self.verdict.with_seed(self.seed)
    }

    /// Tells the observers. The event is made only if there are any.
    pub(super) fn notify(&self, event: impl FnOnce() -> Event) {
        if self.observers.is_empty() {
            return;
        }
        let event = event();
        for observer in &self.observers {
            observer.on_event(&event);
        }
    }
}
