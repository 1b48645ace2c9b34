//! `BootstrapFewShot`: demos from the program's own successes.

use serde::Serialize;
use serde_json::{Value, json};

use super::bootstrap::{Bootstrap, bootstrap_setters};
use super::labeled_few_shot::{SamplingStrategy, labeled};
use super::stage::{NoMetric, takes_metric};
use crate::engine::{Candidate, Forecast, Search, Sizes, Stop, Study};
use crate::evaluate::Example;
use crate::module::{Module, ModuleExt};

/// Differences of means that are equal in exact arithmetic differ by less.
const ROUNDING: f64 = 1e-9;

/// Runs a teacher on training examples, and shows the student the runs that pass the metric.
///
/// The first teacher is the program itself, shown labelled rows if it has no demos. Each further
/// iteration takes the best program so far as its teacher; the search ends when an iteration gains
/// nothing, or less than [`min_improvement`](Self::min_improvement) on the validation part. An example is never
/// shown its own answer.
///
/// Start here: it is a quick baseline, and it works from a cold start with some ten labelled rows.
///
/// It needs nothing of the program but its predictors. A run that passes gives a demo to each
/// predictor that was called.
///
/// Source: DSPy's `BootstrapFewShot` (Khattab et al. 2023, arXiv 2310.03714). Unlike there, a
/// threshold of 0 is a threshold, a graded score does not pass by being above 0, and an error of the
/// teacher removes no demo from later examples.
#[derive(Clone, Debug, Serialize)]
pub struct BootstrapFewShot<X = NoMetric> {
    #[serde(skip)]
    metric: X,
    #[serde(flatten)]
    bootstrap: Bootstrap,
    max_iterations: usize,
    min_improvement: f64,
}

impl<X> BootstrapFewShot<X> {
    const fn with(metric: X) -> Self {
        Self {
            metric,
            bootstrap: Bootstrap::DEFAULT,
            max_iterations: 3,
            min_improvement: 0.0,
        }
    }

    /// Sets how many times demos are bootstrapped, each time by the best program so far. Default 3.
    #[must_use]
    pub const fn max_iterations(mut self, iterations: usize) -> Self {
        self.max_iterations = iterations;
        self
    }

    /// Sets the gain on the validation part, in points of the metric, that an iteration must reach for
    /// another one to follow. Default 0: any gain leads to another iteration.
    #[must_use]
    pub const fn min_improvement(mut self, gain: f64) -> Self {
        self.min_improvement = gain;
        self
    }
}

bootstrap_setters!(BootstrapFewShot);

takes_metric!(BootstrapFewShot: "up to 4 bootstrapped and 16 demos in all, one attempt on an example, at most 3 iterations.");

impl<M, E, X> Search<M, E> for BootstrapFewShot<X>
where
    M: Module,
    E: Example<M::Input>,
    X: Send + Sync,
{
    fn name(&self) -> &'static str {
        "BootstrapFewShot"
    }

    fn settings(&self) -> Value {
        json!(self)
    }

    fn forecast(&self, sizes: Sizes) -> Forecast {
        let iterations = self.max_iterations.max(1) as u64;
        let runs = self.bootstrap.most_runs(sizes.train);
        let forecast = Forecast::runs(iterations * runs, iterations * sizes.val);
        forecast.with_demos(self.bootstrap.most_demos())
    }

    async fn search(&self, study: &Study<'_, M, E>) -> Result<Candidate<M>, Stop> {
        self.bootstrap.check()?;
        let order: Vec<usize> = (0..study.train().len()).collect();
        let mut teacher = teacher(study, self.bootstrap.max_labeled_demos)?;
        let mut best: Option<(Candidate<M>, f64)> = None;
        for iteration in 1..=self.max_iterations.max(1) {
            let name = format!("iteration {iteration}");
            let origin = format!("bootstrapped demos, {name}");
            let bootstrapped = self.bootstrap.run(study, &teacher, &order, &name).await?;
            let candidate = bootstrapped.candidate(study, origin)?;
            let evaluation = study.evaluate(&candidate).await?;
            let score = evaluation.measured.score_at_worst();
            let score = score.unwrap_or(f64::NEG_INFINITY);
            let gain = best.as_ref().map(|(_, before)| score - before);
            if gain.is_none_or(|gain| gain > 0.0) {
                teacher = candidate.clone();
                best = Some((candidate, score));
            }
            if gain.is_some_and(|gain| gain <= 0.0 || gain + ROUNDING < self.min_improvement) {
                break;
            }
        }
        best.map(|(candidate, _)| candidate)
            .ok_or_else(|| Stop::Unusable("no iteration was run".to_owned()))
    }
}

/// The program as a teacher: a predictor without demos is shown labelled rows.
pub(super) fn teacher<M: Module, E: Example<M::Input>>(
    study: &Study<'_, M, E>,
    max_labeled_demos: usize,
) -> Result<Candidate<M>, Stop> {
    let mut own = study.student().state();
    own.predictors
        .retain(|_, predictor| !predictor.demos.is_empty());
    let mut sources = study.base().sources().clone();
    sources.retain(|path, _| own.predictors.contains_key(path));
    let strategy = SamplingStrategy::Random { seed: None };
    let mut state = labeled(study, &study.student().state(), max_labeled_demos, strategy);
    state.predictors.extend(own.predictors);
    Ok(study
        .candidate("the teacher", &state)?
        .with_sources(sources))
}
