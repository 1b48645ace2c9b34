//! `BetterTogether`: optimizers that run one after the other.

use std::fmt::Debug;
use std::future::Future;

use serde_json::{Value, json};

use super::pipeline_metric::{GivenMetric, PipelineMetric};
use super::stage::{NoMetric, Stage};
use crate::engine::{
    Candidate, Forecast, OptimizeError, Optimized, Optimizer, Plan, Run, Search, Sizes, Stop, Study,
};
use crate::evaluate::{Example, Metric, MetricFor, Splits};
use crate::lm::{BoxFuture, Lm};
use crate::module::Module;

/// Runs optimizers one after the other: each starts from the best program so far, the first from the
/// program as given. The result is the best of all candidates of all stages on the validation part; of
/// equally good ones the earliest.
///
/// All stages are one run: one budget, one journal, one metric, and one hold-out, which is opened once
/// for the result. If the budget ends in a stage, the best candidate so far is the result. What each
/// stage gained is in the [report](super::Report::stages).
///
/// [`pipeline!`](crate::pipeline) writes it as `A { … } >> B { … }`. A pipeline is an optimizer, and
/// without its metric a stage, so that pipelines nest. A stage must be able to search for this program,
/// so the compiler checks whatever it needs of the program.
///
/// ```
/// use dashoptimize::lm::Scripted;
/// use dashoptimize::module::Predict;
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
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let row = |i| Opposite { word: format!("word{i}"), opposite: format!("drow{i}") };
/// # let data = Dataset::from_vec((0..30).map(row).collect()).split(7, Ratio::new(40, 30, 30))?;
/// # let program = Predict::<Opposite>::new(Scripted::new(|_: &_| "[[ ## opposite ## ]]\nx"));
/// # let run = Run::in_memory();
/// let tune = BetterTogether::new(is_right)
///     .then(BootstrapFewShot::stage().max_bootstrapped_demos(4))
///     .then(RandomSearch::stage().seeds(-3..3));
/// let tuned = tune.optimize(&program, &data, &run).await?;
/// assert_eq!(tuned.report.stages.len(), 2);
/// # Ok(())
/// # }
/// ```
///
/// Stages that are chosen at run time are kept in a list; see [`list`](Self::list).
///
/// Source: DSPy's `BetterTogether` (Soylu et al. 2024, arXiv 2407.10930). Unlike there, no stage builds
/// upon one that made the program worse, the rows are not shuffled between stages, and an error of a
/// stage ends the run instead of being ignored.
#[derive(Clone, Debug)]
pub struct BetterTogether<S = (), X = NoMetric> {
    stages: S,
    metric: X,
}

/// Stages, and one more after them.
#[derive(Clone, Debug)]
pub struct Then<A, B> {
    before: A,
    last: B,
}

/// Stages in their order: none, [`Then`], or a list of searches of one type.
pub trait Stages<M: Module, E: Example<M::Input>>: Send + Sync {
    /// Adds the name and the settings of each stage to a list.
    fn settings(&self, list: &mut Vec<Value>);

    /// Adds the models of each stage to a list.
    fn models(&self, list: &mut Vec<Lm>);

    /// What all stages take; see [`Search::forecast`].
    fn forecast(&self, sizes: Sizes) -> Forecast;

    /// Runs the stages. Returns the best candidate so far.
    ///
    /// # Errors
    ///
    /// As [`Search::search`].
    fn run(
        &self,
        study: &Study<'_, M, E>,
    ) -> impl Future<Output = Result<Candidate<M>, Stop>> + Send;
}

impl<E, O> BetterTogether<(), PipelineMetric<E, O>> {
    /// A pipeline without stages, with the metric for all stages that are added.
    pub fn new<Way>(metric: impl MetricFor<E, O, Way> + 'static) -> Self {
        BetterTogether::stage().metric(metric)
    }
}

impl<S> BetterTogether<Vec<S>> {
    /// A pipeline of stages that are known only at run time, such as boxed ones.
    ///
    /// ```
    /// use dashoptimize::module::Predict;
    /// use dashoptimize::optimizer::DynSearch;
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
    /// fn stages(is_thorough: bool) -> Vec<Box<dyn DynSearch<Predict<Opposite>, Opposite>>> {
    ///     let mut stages: Vec<Box<dyn DynSearch<_, _>>> = vec![Box::new(BootstrapFewShot::stage())];
    ///     if is_thorough {
    ///         stages.push(Box::new(RandomSearch::stage().seeds(0..8)));
    ///     }
    ///     stages
    /// }
    ///
    /// let tune = BetterTogether::list(stages(true))
    ///     .metric(|gold: &Opposite, found: &OppositeOutput| gold.opposite == found.opposite);
    /// # let _: &dyn dashoptimize::optimizer::DynOptimizer<Predict<Opposite>, Opposite> = &tune;
    /// ```
    #[must_use]
    pub const fn list(stages: Vec<S>) -> Self {
        Self {
            stages,
            metric: NoMetric,
        }
    }
}

impl<S, X> BetterTogether<S, X> {
    /// Adds a stage: an optimizer without a metric, as [`Stage::stage`] makes it.
    #[must_use]
    pub fn then<O>(self, stage: O) -> BetterTogether<Then<S, O>, X> {
        BetterTogether {
            stages: Then {
                before: self.stages,
                last: stage,
            },
            metric: self.metric,
        }
    }

    /// Sets the metric for all stages.
    #[must_use]
    pub fn metric<E, O, Way>(
        self,
        metric: impl MetricFor<E, O, Way> + 'static,
    ) -> BetterTogether<S, PipelineMetric<E, O>> {
        BetterTogether {
            stages: self.stages,
            metric: PipelineMetric::new(metric),
        }
    }

    /// As [`Optimizer::plan`].
    pub fn plan<M, E>(&self, student: &M, data: &Splits<E>, run: &Run) -> Plan
    where
        M: Module,
        X: GivenMetric<M, E>,
        S: Stages<M, X::Rows>,
        E: Sync,
    {
        let together = BetterTogether {
            stages: &self.stages,
            metric: self.metric.given(),
        };
        Optimizer::plan(&together, student, X::rows(data), run)
    }

    /// As [`Optimizer::optimize`].
    ///
    /// # Errors
    ///
    /// As [`Optimizer::optimize`].
    // For an inherent method, the error of rustc names what is missing better than for a trait's.
    pub fn optimize<'a, M, E>(
        &'a self,
        student: &'a M,
        data: &'a Splits<E>,
        run: &'a Run,
    ) -> BoxFuture<'a, Result<Optimized<M>, OptimizeError>>
    where
        M: Module,
        X: GivenMetric<M, E>,
        S: Stages<M, X::Rows>,
        E: Sync,
    {
        let together = BetterTogether {
            stages: &self.stages,
            metric: self.metric.given(),
        };
        let data = X::rows(data);
        Box::pin(async move { Optimizer::optimize(&together, student, data, run).await })
    }
}

#[diagnostic::do_not_recommend]
impl Stage for BetterTogether {
    type Own = Self;

    fn stage() -> Self {
        Self {
            stages: (),
            metric: NoMetric,
        }
    }
}

impl<M, E, S, X> Search<M, E> for BetterTogether<S, X>
where
    M: Module,
    E: Example<M::Input>,
    S: Stages<M, E>,
    X: Send + Sync,
{
    fn name(&self) -> &'static str {
        "BetterTogether"
    }

    fn settings(&self) -> Value {
        let mut stages = Vec::new();
        self.stages.settings(&mut stages);
        json!({ "stages": stages })
    }

    fn models(&self) -> Vec<Lm> {
        let mut models = Vec::new();
        self.stages.models(&mut models);
        models
    }

    fn forecast(&self, sizes: Sizes) -> Forecast {
        self.stages.forecast(sizes)
    }

    async fn search(&self, study: &Study<'_, M, E>) -> Result<Candidate<M>, Stop> {
        self.stages.run(study).await
    }
}

impl<M, E, S> Optimizer<M, E> for BetterTogether<S, PipelineMetric<E, M::Output>>
where
    M: Module,
    E: Example<M::Input>,
    S: Stages<M, E>,
{
    fn metric(&self) -> &dyn Metric<E, M::Output> {
        &self.metric.0
    }
}

impl<M: Module, E: Example<M::Input>> Stages<M, E> for () {
    fn settings(&self, _: &mut Vec<Value>) {}

    fn models(&self, _: &mut Vec<Lm>) {}

    fn forecast(&self, _: Sizes) -> Forecast {
        Forecast::NONE
    }

    async fn run(&self, study: &Study<'_, M, E>) -> Result<Candidate<M>, Stop> {
        Ok(study.base().clone())
    }
}

impl<M: Module, E: Example<M::Input>, S: Stages<M, E>> Stages<M, E> for &S {
    fn settings(&self, list: &mut Vec<Value>) {
        (**self).settings(list);
    }

    fn models(&self, list: &mut Vec<Lm>) {
        (**self).models(list);
    }

    fn forecast(&self, sizes: Sizes) -> Forecast {
        (**self).forecast(sizes)
    }

    async fn run(&self, study: &Study<'_, M, E>) -> Result<Candidate<M>, Stop> {
        (**self).run(study).await
    }
}

impl<M, E, A, B> Stages<M, E> for Then<A, B>
where
    M: Module,
    E: Example<M::Input>,
    A: Stages<M, E>,
    B: Search<M, E>,
{
    fn settings(&self, list: &mut Vec<Value>) {
        self.before.settings(list);
        list.push(settings_of(&self.last));
    }

    fn models(&self, list: &mut Vec<Lm>) {
        self.before.models(list);
        list.extend(self.last.models());
    }

    fn forecast(&self, sizes: Sizes) -> Forecast {
        self.before.forecast(sizes).then(self.last.forecast(sizes))
    }

    async fn run(&self, study: &Study<'_, M, E>) -> Result<Candidate<M>, Stop> {
        let student = self.before.run(study).await?;
        run_stage(&self.last, study, &student).await
    }
}

impl<M, E, S> Stages<M, E> for Vec<S>
where
    M: Module,
    E: Example<M::Input>,
    S: Search<M, E>,
{
    fn settings(&self, list: &mut Vec<Value>) {
        list.extend(self.iter().map(settings_of));
    }

    fn models(&self, list: &mut Vec<Lm>) {
        list.extend(self.iter().flat_map(Search::models));
    }

    fn forecast(&self, sizes: Sizes) -> Forecast {
        let stages = self.iter().map(|stage| stage.forecast(sizes));
        stages.fold(Forecast::NONE, Forecast::then)
    }

    async fn run(&self, study: &Study<'_, M, E>) -> Result<Candidate<M>, Stop> {
        let mut best = study.base().clone();
        for stage in self {
            best = run_stage(stage, study, &best).await?;
        }
        Ok(best)
    }
}

fn settings_of<M: Module, E: Example<M::Input>>(stage: &impl Search<M, E>) -> Value {
    json!({ "optimizer": stage.name(), "settings": stage.settings() })
}

/// Runs a stage that starts from the student. Returns the best candidate so far, so that no stage
/// builds upon one that made the program worse.
async fn run_stage<M: Module, E: Example<M::Input>>(
    search: &impl Search<M, E>,
    study: &Study<'_, M, E>,
    student: &Candidate<M>,
) -> Result<Candidate<M>, Stop> {
    let stage = study.stage(search.name(), student);
    let found = search.search(&stage).await?;
    study.evaluate(&found).await?;
    Ok(study.best().unwrap_or(found))
}
