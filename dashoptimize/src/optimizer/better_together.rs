//! `BetterTogether`: optimizers one after the other.

use std::fmt::Debug;
use std::future::Future;

use serde_json::{Value, json};

use super::given_metric::{Given, GivenMetric};
use super::{NoMetric, OptimizeError, Optimized, Optimizer, Search, Stage};
use crate::engine::{self, Candidate, Run, Stop, Study};
use crate::evaluate::{Example, Metric, Splits};
use crate::lm::BoxFuture;
use crate::module::Module;

/// Runs optimizers one after the other: each starts from the best program so far, the first from the
/// program as given. The result is the best of all candidates of all stages on the validation part; of
/// equal ones the earliest.
///
/// All stages are one run: one budget, one journal, one metric, one hold-out, which is opened once for
/// the result. Where the budget ends in a stage, the best so far is the result. What each stage gained
/// is in the [report](super::Report::stages).
///
/// [`pipeline!`](crate::pipeline) writes it as `A { … } >> B { … }`. A pipeline is an optimizer, and
/// without its metric a stage, so that pipelines nest. Of a stage it needs that it can search for this
/// program, and so a stage that needs something of the program is checked by the compiler.
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
/// Source: DSPy's `BetterTogether` (Soylu et al. 2024, arXiv 2407.10930). Unlike there, a stage that
/// makes the program worse is not built upon, the rows are not shuffled between stages, and an error of
/// a stage ends the run instead of being passed over.
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

/// Stages in their order: none, or [`Then`].
pub trait Stages<M: Module, E: Example<M::Input>>: Send + Sync {
    /// Adds name and settings of each stage to a list.
    fn settings(&self, list: &mut Vec<Value>);

    /// Runs the stages. Gives the best candidate so far.
    ///
    /// # Errors
    ///
    /// As [`Search::search`].
    fn run(
        &self,
        study: &Study<'_, M, E>,
    ) -> impl Future<Output = Result<Candidate<M>, Stop>> + Send;
}

impl<E, O> BetterTogether<(), Given<E, O>> {
    /// A pipeline without stages, with the metric for all that are added.
    pub fn new(metric: impl Metric<E, O> + 'static) -> Self {
        BetterTogether::stage().metric(metric)
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
    pub fn metric<E, O>(
        self,
        metric: impl Metric<E, O> + 'static,
    ) -> BetterTogether<S, Given<E, O>> {
        BetterTogether {
            stages: self.stages,
            metric: Given::new(metric),
        }
    }

    /// As [`Optimizer::optimize`].
    ///
    /// # Errors
    ///
    /// As there.
    // Rustc says better of a method of the type than of one of a trait what is missing.
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
        Box::pin(async move { engine::optimize(&together, student, data, run).await })
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

    async fn search(&self, study: &Study<'_, M, E>) -> Result<Candidate<M>, Stop> {
        self.stages.run(study).await
    }
}

impl<M, E, S> Optimizer<M, E> for BetterTogether<S, Given<E, M::Output>>
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

    async fn run(&self, study: &Study<'_, M, E>) -> Result<Candidate<M>, Stop> {
        Ok(study.base().clone())
    }
}

impl<M: Module, E: Example<M::Input>, S: Stages<M, E>> Stages<M, E> for &S {
    fn settings(&self, list: &mut Vec<Value>) {
        (**self).settings(list);
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
        list.push(json!({ "optimizer": self.last.name(), "settings": self.last.settings() }));
    }

    async fn run(&self, study: &Study<'_, M, E>) -> Result<Candidate<M>, Stop> {
        let student = self.before.run(study).await?;
        let stage = study.stage(self.last.name(), &student);
        let found = self.last.search(&stage).await?;
        study.evaluate(&found).await?;
        // What a stage made worse is not built upon.
        Ok(study.best().unwrap_or(found))
    }
}
