//! A plan: ranges, and what speaks against the run.

use std::time::Duration;

use serde::Serialize;

use super::cost::PlannedCost;
use super::warning::PlanWarning;
use crate::call::Bounds;
use crate::engine::evaluation::PartSizes;
use crate::evaluate::SmallestDifference;

/// What a run takes, before it is started: ranges from the least to the most. Made by
/// [`Optimizer::plan`](crate::engine::Optimizer::plan), which calls no model and writes nothing.
///
/// The least is what remains if the search finds nothing to try. The most follows from the settings of the
/// optimizer, from the length of prompts and rows, from the limits of replies and from prices. What is not known is
/// not made up: the most is then left open. A call of a proposer is taken to be within the ceiling of the run for its
/// material; [`MIPROv2`](crate::optimizer::MIPROv2), which shows its proposer whole demos, can exceed it with very long
/// rows. The plan is for a run whose calls all succeed: each call that the provider fails is made again as
/// [`Run::retry`](crate::engine::Run::retry) says, and each row that it fails has a second try.
///
/// ```
/// use dashoptimize::lm::Scripted;
/// use dashoptimize::prelude::*;
///
/// /// Name the opposite.
/// #[signature]
/// struct Opposite {
///     #[input]
///     word: String,
///     #[output]
///     opposite: String,
/// }
///
/// fn is_right(gold: &Opposite, found: &OppositeOutput) -> bool {
///     gold.opposite == found.opposite
/// }
///
/// let row = |i| Opposite { word: format!("word{i}"), opposite: format!("drow{i}") };
/// let data = Dataset::from_vec((0..100).map(row).collect()).split(7, Ratio::new(40, 30, 30))?;
/// let program = Predict::<Opposite>::new(Scripted::replies(["…"])).max_tokens(100);
/// let plan = BootstrapFewShot::new(is_right).plan(&program, &data, &Run::in_memory());
/// // The program as given on 30 rows; 3 iterations of 40 and 30 rows, and both programs on the hold-out.
/// assert_eq!((plan.rollouts.least, plan.rollouts.most), (30, Some(30 + 3 * (40 + 30) + 2 * 30)));
/// println!("{plan}");
/// # Ok::<(), DataError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Plan {
    /// The optimizer.
    pub optimizer: String,
    /// The rows of each part.
    pub rows: PartSizes,
    /// Texts that are proposed.
    pub proposals: Bounds,
    /// Runs of programs on rows, hold-out included.
    pub rollouts: Bounds,
    /// Calls by purpose.
    pub calls: PlannedCalls,
    /// Tokens of prompts and replies.
    pub tokens: Bounds,
    /// Dollars.
    pub cost: PlannedCost,
    /// Seconds, if it is known how long a call takes: from the results in the run folder, or by
    /// [`at_latency`](Self::at_latency).
    pub seconds: Option<Bounds>,
    /// The smallest difference that the hold-out can show; `None` if there is to be no verdict.
    pub smallest_difference: Option<SmallestDifference>,
    /// What speaks against starting the run as it is.
    pub warnings: Vec<PlanWarning>,
    #[serde(skip)]
    pub(super) concurrency: u64,
}

/// Calls by purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct PlannedCalls {
    /// The program does its task.
    pub task: Bounds,
    /// An optimizer asks for new texts.
    pub propose: Bounds,
    /// A model reflects on what went wrong.
    pub reflect: Bounds,
    /// A metric asks a judge.
    pub judge: Bounds,
    /// The model is asked to correct a reply.
    pub repair: Bounds,
}

impl PlannedCalls {
    /// All calls.
    #[must_use]
    pub fn total(&self) -> Bounds {
        let others = [self.propose, self.reflect, self.judge, self.repair];
        others.into_iter().fold(self.task, Bounds::plus)
    }
}

impl Plan {
    /// Sets how long a call takes on average, so that the plan says how long the run takes. By default it is what the
    /// results in the run folder say, if there are any.
    #[must_use]
    pub fn at_latency(mut self, latency: Duration) -> Self {
        let seconds = |calls: u64| {
            let all = latency.as_secs_f64() * calls as f64;
            (all / self.concurrency as f64).ceil() as u64
        };
        let calls = self.calls.total();
        self.seconds = Some(Bounds {
            least: seconds(calls.least),
            // A search may wait for each call before it makes the next one.
            most: calls.most.map(|most| {
                let all = latency.as_secs_f64() * most as f64;
                all.ceil() as u64
            }),
        });
        self
    }
}
