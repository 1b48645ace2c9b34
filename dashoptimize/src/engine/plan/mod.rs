//! What a run takes, before it is started.

mod cost;
mod display;
mod forecast;
mod latency;
mod warning;
mod warnings;

use std::collections::BTreeSet;
use std::time::Duration;

use serde::Serialize;

use self::cost::{Costs, Material};
use super::evaluation::PartSizes;
use super::run::Run;
use super::search::Search;
use super::session::part_sizes;
use crate::call::{Bounds, CallsPerRun};
use crate::evaluate::{Example, Metric, SmallestDifference, Splits};
use crate::module::Module;

pub use cost::PlannedCost;
pub use forecast::{Forecast, Sizes};
pub use warning::PlanWarning;

/// What a run takes, before it is started: ranges from the least to the most. Made by
/// [`Optimizer::plan`](super::Optimizer::plan), which calls no model and writes nothing.
///
/// The least is what remains if the search finds nothing to try. The most follows from the settings of the
/// optimizer, from the length of prompts and rows, from the limits of replies and from prices. What is not known is
/// not made up: the most is then left open. The plan is for a run whose calls all succeed: each call that the
/// provider fails is made again as [`Run::retry`] says, and each row that it fails has a second try.
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
    concurrency: u64,
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

/// The runs of a plan, by what they are for.
struct Rollouts {
    baseline: Bounds,
    search: Bounds,
    holdout: Bounds,
}

impl Plan {
    /// The plan of a run.
    pub(super) fn of<M, E, S>(
        search: &S,
        metric: &dyn Metric<E, M::Output>,
        student: &M,
        data: &Splits<E>,
        run: &Run,
    ) -> Self
    where
        M: Module,
        E: Example<M::Input>,
        S: Search<M, E> + ?Sized,
    {
        let rows = part_sizes(data);
        let predictors = student.predictors();
        let all_rows = data.train().iter().chain(data.val().iter());
        let of_row = |row: &E| row.fields();
        let materials = predictors.first().map(|first| {
            let seen = Material::of(all_rows.map(of_row), first);
            let distinct = Material::of(data.val().iter().map(of_row), first).distinct;
            (seen, distinct)
        });
        let forecast = search.forecast(Sizes {
            train: rows.train as u64,
            val: rows.val as u64,
            predictors: predictors.len() as u64,
        });
        let runs = Rollouts::of(&rows, forecast, run.wants_verdict);
        let of_run = match predictors.is_empty() {
            true => CallsPerRun::NONE,
            false => student.calls_per_run(),
        };
        let has_judge = !metric.models().is_empty();
        let repairs = predictors.iter().map(|one| u64::from(one.repairs())).max();
        // Rows with the same inputs share a reply, and so do runs that a cache knows.
        let least = match &materials {
            Some((_, distinct)) if !run.has_cache() => *distinct,
            _ => 0,
        };
        let calls = runs.calls(of_run, forecast, least, has_judge, repairs.unwrap_or(0));
        let models = search.models();
        let (tokens, cost) = match &materials {
            Some((material, _)) => {
                let costs = Costs {
                    predictors: &predictors,
                    material,
                    calls: of_run,
                    forecast,
                    rules: run.proposals,
                    proposers: &models,
                };
                let task = calls.task.plus(calls.repair);
                let asked = calls.propose.plus(calls.reflect).plus(calls.judge);
                (costs.tokens(task, asked), costs.dollars(task, asked))
            }
            None => (Bounds::NONE, PlannedCost::NOTHING),
        };
        let mut plan = Self {
            optimizer: search.name().to_owned(),
            rows,
            proposals: forecast.proposals,
            rollouts: runs.total(),
            calls,
            tokens,
            cost,
            seconds: None,
            smallest_difference: (runs.holdout != Bounds::NONE).then(|| {
                // Rows with the same inputs count as one.
                let clusters = data.holdout().map(|holdout| holdout.clusters());
                let distinct: BTreeSet<usize> = clusters.into_iter().flatten().collect();
                run.verdict_rule().smallest_difference(distinct.len())
            }),
            warnings: Vec::new(),
            concurrency: run.concurrency.get() as u64,
        };
        let judges = metric.models();
        plan.warnings = warnings::of(
            &plan,
            run,
            of_run,
            &predictors,
            models.iter().chain(&judges),
        );
        match run.folder.as_deref().and_then(latency::of_folder) {
            Some(latency) => plan.at_latency(latency),
            None => plan,
        }
    }

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
            // Nothing may run at the same time as the slowest chain of calls.
            most: calls.most.map(|most| {
                let all = latency.as_secs_f64() * most as f64;
                all.ceil() as u64
            }),
        });
        self
    }
}

impl Rollouts {
    fn of(rows: &PartSizes, forecast: Forecast, wants_verdict: bool) -> Self {
        let judged = if wants_verdict {
            rows.holdout as u64
        } else {
            0
        };
        Self {
            baseline: Bounds::exactly(rows.val as u64),
            search: forecast.rollouts,
            holdout: Bounds::up_to(2 * judged),
        }
    }

    fn total(&self) -> Bounds {
        self.baseline.plus(self.search).plus(self.holdout)
    }

    fn calls(
        &self,
        of_run: CallsPerRun,
        forecast: Forecast,
        least: u64,
        has_judge: bool,
        repairs: u64,
    ) -> PlannedCalls {
        let all = of_run.times(self.total());
        let task = Bounds {
            least: least.saturating_mul(of_run.task.least),
            ..all.task
        };
        let judge = match has_judge {
            true => Bounds::UNKNOWN,
            false => Bounds::NONE,
        };
        PlannedCalls {
            task,
            propose: forecast.propose,
            reflect: forecast.reflect.plus(all.reflect.or_none()),
            judge,
            repair: task.times(Bounds::up_to(repairs)),
        }
    }
}
