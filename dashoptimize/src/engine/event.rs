//! What a run tells its observers.

use std::any::Any;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::component::Component;
use super::evaluation::{Part, PartSizes};
use super::proposal::Rejection;
use super::race::{Headroom, StoppedEvaluation};
use crate::evaluate::Measured;
use crate::lm::{Budget, Refusal, Spend, UsageExcess};

/// Something that happened in a run. Observers are told; no decision depends on it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Event {
    /// The run started, or was resumed.
    #[non_exhaustive]
    RunStarted {
        /// The name of the optimizer. `None` for an evaluation without one.
        optimizer: Option<String>,
        /// How many rows the parts have; none in an evaluation without an optimizer.
        rows: PartSizes,
        /// How many calls the journal of an earlier attempt at the run already holds.
        replayed: u64,
        /// What may be spent.
        budget: Budget,
    },
    /// A stage of an optimizer pipeline started.
    #[non_exhaustive]
    StageStarted {
        /// Which stage: `stage 2`, or `stage 2.1` if a stage is itself a pipeline.
        stage: String,
        /// The name of its optimizer.
        optimizer: String,
        /// The number of the candidate that it starts from.
        candidate: u32,
        /// Where that candidate comes from, in words.
        origin: String,
    },
    /// The evaluation of a candidate started.
    #[non_exhaustive]
    EvaluationStarted {
        /// The number of the candidate; 0 is the program as given.
        candidate: u32,
        /// Where it comes from, in words.
        origin: String,
        /// The part of the data.
        part: Part,
        /// How many rows it has.
        rows: usize,
    },
    /// Runs of a candidate on chosen rows started, such as those that demos are made of.
    #[non_exhaustive]
    TrialsStarted {
        /// The number of the candidate.
        candidate: u32,
        /// Where it comes from, in words.
        origin: String,
        /// The part of the data.
        part: Part,
        /// How many runs there are.
        trials: usize,
    },
    /// A rollout ended.
    #[non_exhaustive]
    RolloutEnded {
        /// How many rollouts of the current batch have ended.
        done: usize,
        /// How many there are in the batch.
        of: usize,
        /// What was spent so far in all.
        spend: Spend,
    },
    /// The evaluation of a candidate ended.
    #[non_exhaustive]
    EvaluationEnded {
        /// The number of the candidate.
        candidate: u32,
        /// Where it comes from, in words.
        origin: String,
        /// The part of the data.
        part: Part,
        /// What was measured.
        measured: Box<Measured>,
        /// Whether the candidate is the best of the run so far.
        is_best: bool,
        /// What was spent so far in all.
        spend: Spend,
    },
    /// A race stopped a candidate, because another one is better.
    #[non_exhaustive]
    CandidateStopped {
        /// The number of the candidate.
        candidate: u32,
        /// Where it comes from, in words.
        origin: String,
        /// What is known of it.
        stopped: Box<StoppedEvaluation>,
        /// What was spent so far in all.
        spend: Spend,
    },
    /// The program as given was evaluated: how much there is to gain.
    #[non_exhaustive]
    HeadroomKnown {
        /// How much there is to gain on the validation part.
        headroom: Headroom,
    },
    /// A proposal was turned away, so that it is no candidate.
    #[non_exhaustive]
    ProposalRejected {
        /// The number of the candidate that was to be rewritten.
        parent: u32,
        /// Which texts of it.
        components: Vec<Component>,
        /// Why.
        rejection: Rejection,
    },
    /// The optimizer said something of its own.
    FromSearch(Arc<dyn SearchEvent>),
    /// A provider reported more for a call than it can have used, where a budget in tokens or dollars depends
    /// on it. Told once for each model, when it is first seen.
    #[non_exhaustive]
    UsageBeyondWorstCase {
        /// The model, and what was reported.
        excess: UsageExcess,
    },
    /// The budget is used up. The best candidate so far becomes the result.
    #[non_exhaustive]
    BudgetUsedUp {
        /// Which limit was reached.
        refusal: Refusal,
    },
    /// The run ended.
    #[non_exhaustive]
    RunEnded {
        /// What was spent in all.
        spend: Spend,
        /// The time spent working, earlier attempts at the run included.
        elapsed: Duration,
    },
}

/// An event of an optimizer's own, sent with [`Study::tell`](super::Study::tell). What it prints is
/// what people read; an observer that knows the type takes it out of [`Event::FromSearch`] with
/// `downcast_ref`.
///
/// ```
/// use std::fmt;
///
/// use dashoptimize::engine::{Event, SearchEvent};
///
/// #[derive(Debug)]
/// struct Rejected {
///     score: f64,
/// }
///
/// impl fmt::Display for Rejected {
///     fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
///         write!(f, "a proposal with the score {} is rejected", self.score)
///     }
/// }
///
/// impl SearchEvent for Rejected {}
///
/// fn rejected_score(event: &Event) -> Option<f64> {
///     match event {
///         Event::FromSearch(event) => Some(event.downcast_ref::<Rejected>()?.score),
///         _ => None,
///     }
/// }
/// ```
pub trait SearchEvent: Any + fmt::Debug + fmt::Display + Send + Sync {
    /// Whether the report of the run should say it too. Such an event is told once, however often it
    /// happens. By default it is not.
    fn is_for_the_report(&self) -> bool {
        false
    }
}

impl dyn SearchEvent {
    /// The event as a value of this type, if it is one.
    #[must_use]
    pub fn downcast_ref<T: SearchEvent>(&self) -> Option<&T> {
        let event: &dyn Any = self;
        event.downcast_ref()
    }
}

/// Something that observes a run: a progress bar, a log, a test.
pub trait Observer: fmt::Debug + Send + Sync + 'static {
    /// Is called for each event, in the task of the run, so it should return quickly.
    fn on_event(&self, event: &Event);
}
