//! How a plan is made.

use std::collections::BTreeSet;

use super::cost::{Costs, Material, PlannedCost};
use super::forecast::{Forecast, Sizes};
use super::planned::{Plan, PlannedCalls};
use super::{latency, warnings};
use crate::call::{Bounds, CallsPerRun};
use crate::engine::evaluation::PartSizes;
use crate::engine::run::Run;
use crate::engine::search::Search;
use crate::engine::session::part_sizes;
use crate::evaluate::{Example, Metric, Splits};
use crate::module::Module;

/// The runs of a plan, by what they are for.
struct Rollouts {
    baseline: Bounds,
    search: Bounds,
    holdout: Bounds,
}

impl Plan {
    /// The plan of a run.
    pub(in crate::engine) fn of<M, E, S>(
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
